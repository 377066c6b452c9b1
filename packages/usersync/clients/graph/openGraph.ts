import { createDefaultHttpClient, type TlsSettings } from "@azure/core-rest-pipeline";

import { InputErrors } from "../../host/types";
import { secureContextFor } from "../tls";
import { GraphClient } from "./client";
import { findCloud } from "./cloud";
import { makeCredential } from "./credential";
import { RefreshableCredential } from "./refreshableCredential";
import { type RetryTimes, defaultTimes } from "./retry";
import { readGraphSettings, secretsOf } from "./settings";

export interface OpenOptions {
  /**
   * Certificate authority (PEM) to trust in addition to the default ones. Default: those of Node.js and
   * NODE_EXTRA_CA_CERTS.
   */
  trust?: string;
  /** Default: first delay 1 second, longest accepted Retry-After 5 minutes, 100 seconds for one request. */
  times?: RetryTimes;
  signal?: AbortSignal;
  /** User-Agent prefix of the client. Default: `smallstep-ssh-azuread`. */
  userAgent?: string;
  env?: NodeJS.ProcessEnv;
  /** Receives each credential and token in use, so that the caller can redact it from all output. */
  registerSecret?: (secret: string) => void;
}

/**
 * Creates a Graph client. See {@link readGraphSettings} for the settings and their environment variables. The client
 * requests its token at the first call.
 * @throws InputErrors with all invalid settings; GraphError if the cloud lookup fails.
 */
export async function openGraph(
  given: Readonly<Record<string, unknown>>,
  options: OpenOptions = {},
): Promise<GraphClient> {
  const env = options.env ?? process.env;
  const { settings, failures } = readGraphSettings(given, env);
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    const reason = "turns off certificate checks, so that an attacker could read the credentials: unset it.";
    failures.push({ property: "NODE_TLS_REJECT_UNAUTHORIZED", reason });
  }
  if (failures.length > 0) throw new InputErrors(failures);
  const { registerSecret = () => undefined } = options;
  for (const secret of secretsOf(settings)) registerSecret(secret);
  const http = createDefaultHttpClient();
  const times = options.times ?? defaultTimes;
  // The published type omits secureContext, but the library passes it to `tls.connect`.
  const tls =
    options.trust === undefined
      ? {}
      : { tlsSettings: { secureContext: secureContextFor(options.trust) } as TlsSettings };
  const cloud = await findCloud(settings, http, {
    times,
    ...tls,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const credential = new RefreshableCredential(
    () => makeCredential(settings, cloud, http, times, { ...tls, registerSecret }),
    registerSecret,
  );
  return new GraphClient(cloud, credential, {
    times,
    ...tls,
    ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
  });
}
