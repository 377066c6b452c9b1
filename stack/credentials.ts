import {
  type GraphSettings,
  graphSecrets,
  loginEndpoints,
  readGraphSettings,
  secretsOf,
} from "@smallstep-ssh/usersync/checks";
import { registerSecret } from "@smallstep-ssh/usersync/output";
import { plainSecretMessage } from "./config/plainSecrets";

/** Settings of the `azuread` provider that select the deploying identity and the cloud; `usersync` accepts the same. */
export type Credentials = Omit<GraphSettings, "tenantId">;

/**
 * Reads the `azuread:*` settings of a stack, and keeps their secrets out of all output. Absent settings fall back to the `ARM_*` variables, which the plugins read.
 * @param isEncrypted whether a key has a secret value; without it, plain text is accepted
 */
export function readCredentials(
  all: Readonly<Record<string, string>>,
  isEncrypted: (key: string) => boolean = () => true,
): {
  credentials: Credentials;
  problems: string[];
} {
  const given = Object.entries(all).filter(([key]) => key.startsWith("azuread:"));
  const names = Object.fromEntries(given.map(([key, value]) => [key.slice("azuread:".length), value]));
  const { settings, failures } = readGraphSettings({ ...names, tenantId: undefined }, {});
  for (const secret of secretsOf(settings)) registerSecret(secret);
  const plain = graphSecrets.map((name) => `azuread:${name}`).filter((key) => key in all && !isEncrypted(key));
  const problems = failures.map(({ property, reason }) => `azuread:${property}: ${reason}`);
  return { credentials: settings, problems: [...problems, ...plain.map(plainSecretMessage)] };
}

/** Returns the sign-in endpoint of the cloud. If only a metadata host is configured, users sign in at that host. */
export function loginEndpoint(credentials: Credentials): string {
  const { environment = "public", metadataHost } = readGraphSettings({ ...credentials }).settings;
  return metadataHost === undefined ? loginEndpoints[environment] : `https://${metadataHost}`;
}
