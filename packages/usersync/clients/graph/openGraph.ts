import type { PeopleWriter } from "entra-mappings";
import { InputErrors } from "../../host/types";
import { registerSecret } from "../../output";
import { defaultTimes, type RetryTimes } from "../retry";
import { GraphClient } from "./client";
import { findCloud } from "./cloud";
import { Credential } from "./credential";
import { readGraphSettings, secretsOf } from "./settings";

export interface OpenOptions {
  /**
   * Certificate authority (PEM) to trust in addition to the default ones. Default: those of Node.js and
   * NODE_EXTRA_CA_CERTS.
   */
  trust?: string | undefined;
  /** Default: first delay 1 second, longest accepted Retry-After 5 minutes, 100 seconds for one request. */
  times?: RetryTimes | undefined;
  signal?: AbortSignal | undefined;
  /** User-Agent of the client. Default: `smallstep-ssh-azuread`. */
  userAgent?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  /** Writes people into results and errors. It decides whether they quote messages of the service. Default: names them. */
  people?: PeopleWriter | undefined;
}

/**
 * Creates a Graph client. See {@link readGraphSettings} for the settings and their environment variables. The client
 * requests its token at the first call.
 * @throws InputErrors with all invalid settings; GraphError if the cloud lookup fails.
 */
export async function openGraph(
  given: Readonly<Record<string, unknown>>,
  { trust, times = defaultTimes, signal, userAgent, env = process.env, people }: OpenOptions = {},
): Promise<GraphClient> {
  const { settings, failures } = readGraphSettings(given, env);
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    const reason = "turns off certificate checks, so that an attacker could read the credentials: unset it.";
    failures.push({ property: "NODE_TLS_REJECT_UNAUTHORIZED", reason });
  }
  if (failures.length > 0) throw new InputErrors(failures);
  for (const secret of secretsOf(settings)) registerSecret(secret);
  const cloud = await findCloud(settings, { times, rootCert: trust, signal });
  const credential = new Credential(settings, cloud, { times, trust });
  return new GraphClient(cloud, credential, { times, trust, userAgent, people });
}
