import { createDefaultHttpClient, type TlsSettings } from "@azure/core-rest-pipeline";

import { InputErrors } from "../host";
import { secureContextFor } from "../trust";
import { GraphClient } from "./client";
import { findCloud } from "./cloud";
import { makeCredential } from "./credential";
import { RefreshableCredential } from "./renewable";
import type { RetryTimes } from "./retry";
import { defaultTimes } from "./retry";
import { readGraphSettings, secretsOf } from "./settings";

export interface OpenOptions {
  /** A certificate authority (PEM) to trust besides the usual ones. Default: those of Node.js and NODE_EXTRA_CA_CERTS. */
  trust?: string;
  /** Default: a second at first, at most five minutes; a hundred seconds for one request. */
  times?: RetryTimes;
  signal?: AbortSignal;
  /** How the client calls itself. Default: `smallstep-ssh-azuread`. */
  userAgent?: string;
  env?: NodeJS.ProcessEnv;
  /** Told each credential and each token that is used, whose value no text may show. */
  registerSecret?: (secret: string) => void;
}

/**
 * A client for the settings given; see {@link readGraphSettings} for names and environment variables. The token itself is
 * had at the first call.
 * @throws InputErrors with all that is wrong with the settings.
 */
export async function openGraph(
  given: Readonly<Record<string, unknown>>,
  options: OpenOptions = {},
): Promise<GraphClient> {
  const env = options.env ?? process.env;
  const { settings, failures } = readGraphSettings(given, env);
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    const reason = "turns off the check of certificates, with which credentials could be read by others: unset it.";
    failures.push({ property: "NODE_TLS_REJECT_UNAUTHORIZED", reason });
  }
  if (failures.length > 0) throw new InputErrors(failures);
  const { registerSecret = () => undefined } = options;
  for (const secret of secretsOf(settings)) registerSecret(secret);
  const http = createDefaultHttpClient();
  const times = options.times ?? defaultTimes;
  // That the context is handed on to `tls.connect` is not in the published type.
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
