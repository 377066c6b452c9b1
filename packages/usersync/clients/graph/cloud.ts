import * as z from "zod/mini";
import { HttpError, getJson } from "../http";
import { maxRetries, type RetryTimes } from "../retry";
import { shorten } from "../json";
import { GraphError } from "./errors";
import { type Environment, type GraphSettings, loginEndpoints } from "./settings";

/** Endpoints of one cloud for sign-in and Graph. URLs have no trailing slash. */
export interface Cloud {
  loginEndpoint: string;
  graphEndpoint: string;
}

// https://learn.microsoft.com/graph/deployments
const graphEndpoints: Readonly<Record<Environment, string>> = {
  public: "https://graph.microsoft.com",
  usgovernment: "https://graph.microsoft.us",
  dod: "https://dod-graph.microsoft.us",
  china: "https://microsoftgraph.chinacloudapi.cn",
};

const https = z.string().check(z.refine((text) => text.startsWith("https://") && URL.canParse(text)));
const metadata = z.object({
  authentication: z.object({ loginEndpoint: https }),
  microsoftGraphResourceId: https,
});

/**
 * Returns the cloud by its name, or as the metadata host describes it.
 * @throws GraphError if the metadata host fails
 */
export async function findCloud(
  settings: GraphSettings,
  options: { times: RetryTimes; rootCert?: string | undefined; signal?: AbortSignal | undefined },
): Promise<Cloud> {
  if (settings.metadataHost === undefined) {
    const { environment = "public" } = settings;
    return { loginEndpoint: loginEndpoints[environment], graphEndpoint: graphEndpoints[environment] };
  }
  const url = `https://${settings.metadataHost}/metadata/endpoints?api-version=2022-09-01`;
  try {
    const found = await getJson(url, metadata, { ...options, retries: maxRetries });
    const [loginEndpoint, graphEndpoint] = [found.authentication.loginEndpoint, found.microsoftGraphResourceId];
    return { loginEndpoint: withoutSlash(loginEndpoint), graphEndpoint: withoutSlash(graphEndpoint) };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const reason = shorten(error.response === undefined ? error.detail : `it ${error.reason}`);
    throw new GraphError(`Could not look up the cloud at ${url}: ${reason}.`, error.status, error.code);
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
