import type * as pulumi from "@pulumi/pulumi";
import type { OidcApplication, SecretRotation } from "@smallstep-ssh/components";
import { smallstep } from "@smallstep-ssh/usersync";
import { registerSecret } from "@smallstep-ssh/usersync/output";
import type { Team } from "./config/schema";
import { log, runError } from "./log";
import { valueIfKnown } from "./outputs";

const dayMs = 24 * 3600 * 1000;

/** Warns when a team's client secret expires soon or has expired. */
export async function warnBeforeExpiry(team: Team, end: string): Promise<void> {
  const { oidc, checks } = team.settings;
  const secret = { version: oidc.clientSecretVersion, at: team.configPath("oidc.clientSecretVersion"), end };
  const warning = expiryWarning(secret, checks.secretExpiryDays, new Date());
  if (warning !== undefined) await log.warn(warning);
}

/**
 * Rejects a deployment after which no user could log in: the CA publishes the provisioner for another client, or with a client secret
 * of a higher version, which the deployment would delete.
 * @throws RunError with the reason
 */
export async function checkProvisioner(
  team: Team,
  { clientId, clientSecret }: Pick<OidcApplication, "clientId" | "clientSecret">,
  provider: pulumi.ProviderResource,
): Promise<void> {
  const { checks, oidc, smallstep: installation } = team.settings;
  if (checks.connections !== "error") return;
  const { provisionerName: name, clientSecretVersion: version } = oidc;
  const { caUrl, caRootCert } = installation;
  const [client, secret, published] = await Promise.all([
    valueIfKnown(clientId),
    valueIfKnown(clientSecret),
    smallstep.getProvisioner({ caUrl, caRootCert, name }, { provider }),
  ]);
  for (const one of [secret, published.clientSecret]) registerSecret(one);
  if (published.clientId === undefined) return;
  if (published.clientId !== client) {
    throw runError(
      `${team.configPath("oidc.provisionerName")}: the CA publishes "${name}" for another client (${published.clientId}), which the ` +
        "Job does not change. If that application is gone, remove the provisioner from the CA and run pulumi up --refresh. Otherwise " +
        "set another name",
    );
  }
  if (oidc.clientSecret !== undefined || published.clientSecret === secret) return;
  const versions = published.clientSecretNames.map((one) => Number(/^Smallstep SSH CA \((\d+)\)$/.exec(one)?.[1] ?? 1));
  const inUse = Math.max(...versions);
  if (inUse <= version) return;
  throw runError(
    `${team.configPath("oidc.clientSecretVersion")}: is ${version}, but the CA's provisioner "${name}" has client secret ${inUse}, which ` +
      `would be deleted: set it back to ${inUse}`,
  );
}

/**
 * Rejects a rotation that would remove the secret that the CA still uses: every login would fail until the registration Job has run.
 * @throws RunError with the reason
 */
export async function checkRotation(
  team: Team,
  { clientId, previousSecret }: SecretRotation,
  provider: pulumi.ProviderResource,
): Promise<void> {
  const { checks, oidc, smallstep: installation } = team.settings;
  const expectedClient = await valueIfKnown(clientId);
  if (checks.connections === "off" || expectedClient === undefined) return;
  const published = await smallstep.getProvisioner(
    { caUrl: installation.caUrl, caRootCert: installation.caRootCert, name: oidc.provisionerName },
    { provider },
  );
  if (published.clientId !== expectedClient) return;
  const secret = { version: oidc.clientSecretVersion, at: team.configPath("oidc.clientSecretVersion") };
  const previous = await valueIfKnown(previousSecret);
  for (const one of [previous, published.clientSecret]) registerSecret(one);
  const problem = rotationProblem(secret, oidc.provisionerName, published.clientSecret, previous);
  if (problem !== undefined) throw runError(problem);
}

/**
 * Returns a warning when a client secret expires soon or has expired; undefined otherwise.
 * @param secret `end` in the format of Graph; `at` is the path of the setting, which starts the message
 * @param warnDays days before the end at which to start; 0: never
 */
export function expiryWarning(
  secret: { version: number; end: string; at: string },
  warnDays: number,
  now: Date,
): string | undefined {
  const left = Date.parse(secret.end) - now.getTime();
  if (warnDays === 0 || Number.isNaN(left) || left > warnDays * dayMs) return undefined;
  const day = secret.end.slice(0, 10);
  const days = (ms: number) => `${Math.floor(ms / dayMs)} ${Math.floor(ms / dayMs) === 1 ? "day" : "days"}`;
  const when =
    left > 0 ? `ends on ${day}, in ${days(left)}` : `ended on ${day}, ${days(-left)} ago: no user can log in`;
  return (
    `${secret.at}: client secret ${secret.version} ${when}. Set clientSecretEndDate to a later date and clientSecretVersion to ` +
    `${secret.version + 1}, then run pulumi up`
  );
}

/**
 * Returns why a new client secret must not be created yet; undefined when the rotation is safe.
 * @param publishedSecret the secret that the CA uses
 * @param previousSecret the existing secret of the version before the new one; undefined when there is none
 */
export function rotationProblem(
  secret: { version: number; at: string },
  provisioner: string,
  publishedSecret: string | undefined,
  previousSecret: string | undefined,
): string | undefined {
  if (publishedSecret === previousSecret) return undefined;
  return previousSecret === undefined
    ? `${secret.at}: is ${secret.version}, but there is no client secret ${secret.version - 1} yet: increase it by one at a time`
    : `${secret.at}: is ${secret.version}, but the CA's provisioner "${provisioner}" does not have client secret ` +
        `${secret.version - 1} yet: set it back to ${secret.version - 1}, run pulumi up --refresh and check that the Job succeeds`;
}
