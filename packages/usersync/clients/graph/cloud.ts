import {
  createPipelineRequest,
  createEmptyPipeline,
  proxyPolicy,
  tlsPolicy,
  type HttpClient,
  type TlsSettings,
} from "@azure/core-rest-pipeline";

import { GraphError } from "./errors";
import { idempotentRequest, graphRetryPolicy, completeResponsePolicy } from "./retryPolicies";
import type { RetryTimes } from "./retry";
import type { Environment, GraphSettings } from "./settings";

/** Endpoints of one cloud for sign-in and Graph. URLs have no trailing slash. */
export interface Cloud {
  loginEndpoint: string;
  graphEndpoint: string;
}

// https://learn.microsoft.com/graph/deployments
const clouds: Readonly<Record<Environment, Cloud>> = {
  public: { loginEndpoint: "https://login.microsoftonline.com", graphEndpoint: "https://graph.microsoft.com" },
  usgovernment: { loginEndpoint: "https://login.microsoftonline.us", graphEndpoint: "https://graph.microsoft.us" },
  dod: { loginEndpoint: "https://login.microsoftonline.us", graphEndpoint: "https://dod-graph.microsoft.us" },
  china: {
    loginEndpoint: "https://login.partner.microsoftonline.cn",
    graphEndpoint: "https://microsoftgraph.chinacloudapi.cn",
  },
};

/**
 * Returns the cloud by its name, or as the metadata host describes it.
 * @throws GraphError if the metadata host fails
 */
export async function findCloud(
  settings: GraphSettings,
  http: HttpClient,
  options: { times: RetryTimes; tlsSettings?: TlsSettings; signal?: AbortSignal },
): Promise<Cloud> {
  if (settings.metadataHost === undefined) return clouds[settings.environment ?? "public"];
  const url = `https://${settings.metadataHost}/metadata/endpoints?api-version=2022-09-01`;
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(proxyPolicy());
  if (options.tlsSettings) pipeline.addPolicy(tlsPolicy(options.tlsSettings));
  const retryPolicy = graphRetryPolicy(() => idempotentRequest, options.times);
  pipeline.addPolicy(retryPolicy);
  pipeline.addPolicy(completeResponsePolicy(options.times), { afterPolicies: [retryPolicy.name] });
  const request = createPipelineRequest({
    url,
    ...(options.signal ? { abortSignal: options.signal } : {}),
  });
  const failed = (why: string, status = 0) => new GraphError(`Could not look up the cloud at ${url}: ${why}.`, status);
  const response = await pipeline.sendRequest(http, request).catch((error: unknown) => {
    if (options.signal?.aborted === true) throw error;
    throw failed(error instanceof Error ? error.message : String(error));
  });
  if (response.status !== 200) throw failed(`it returned ${response.status}`, response.status);
  const cloud = readMetadata(response.bodyAsText);
  if (cloud === undefined) {
    throw failed("its response has no https URLs in authentication.loginEndpoint and microsoftGraphResourceId");
  }
  return cloud;
}

function readMetadata(text: string | null | undefined): Cloud | undefined {
  let body: { authentication?: { loginEndpoint?: unknown }; microsoftGraphResourceId?: unknown };
  try {
    body = JSON.parse(text ?? "") as typeof body;
  } catch {
    return undefined;
  }
  const [loginEndpoint, graphEndpoint] = [body.authentication?.loginEndpoint, body.microsoftGraphResourceId].map(
    (url) => (typeof url === "string" && url.startsWith("https://") ? url.replace(/\/+$/, "") : undefined),
  );
  return loginEndpoint && graphEndpoint ? { loginEndpoint, graphEndpoint } : undefined;
}
