import * as pulumi from "@pulumi/pulumi";
import type { OidcApplication } from "@smallstep-ssh/components";
import { publishedProvisioners } from "@smallstep-ssh/usersync/clients";
import type { Team } from "./config/team";
import { expiryWarning, rotationProblem } from "./preflight/clientSecret";
import { valueIfKnown } from "./outputs";

/**
 * Warns about a client secret that expires soon. During a preview, also detects a rotation that would remove the secret that the CA
 * still uses: every login would fail until the registration Job has run.
 * @returns why the rotation must not happen; undefined when it is safe
 */
export async function checkClientSecret(team: Team, application: OidcApplication): Promise<string | undefined> {
  const { checks, oidc, smallstep } = team.settings;
  const secret = { version: oidc.clientSecretVersion, at: team.configPath("oidc.clientSecretVersion") };
  application.clientSecretEndDate.apply(async (end) => {
    const warning = expiryWarning({ ...secret, end }, checks.secretExpiryDays, new Date());
    if (warning !== undefined) await pulumi.log.warn(warning);
  });
  // Only a preview distinguishes an existing secret from one that is still to be created: the new one is unknown.
  if (!pulumi.runtime.isDryRun() || oidc.clientSecretVersion === 1 || checks.connections === "off") return undefined;
  const [current, previous, clientId] = await Promise.all([
    valueIfKnown(application.clientSecret),
    application.previousClientSecret === undefined ? undefined : valueIfKnown(application.previousClientSecret),
    valueIfKnown(application.clientId),
  ]);
  if (current !== undefined || clientId === undefined) return undefined;
  const published = await publishedProvisioners(smallstep.caUrl, { rootCert: smallstep.caRootCert });
  return rotationProblem(secret, { name: oidc.provisionerName, clientId }, published, previous);
}
