import { scimTenantUrl } from "@smallstep-ssh/components";
import { entra, smallstep } from "@smallstep-ssh/usersync";
import type { ProviderResource } from "@pulumi/pulumi";
import type { StackSettings } from "./config/teams";
import { neededPermissions, type Purpose } from "./permissions";

/** The setting for each argument of `checkTeams`. */
const settings: Readonly<Record<string, string>> = {
  teamSlug: "smallstep.teamSlug",
  directoryId: "scim.directoryId",
  directoryColumn: "database.directoryColumn",
  tenantUrl: "scim.baseUrl",
  token: "scim.token",
  caUrl: "smallstep.caUrl",
};

/**
 * Finds what would stop a deployment, before the first resource: credentials, permissions, the database, the teams, their directories,
 * SCIM tokens and CAs. Changes nothing.
 * @returns one message for each problem; none holds a secret
 */
export async function findConnectionProblems(
  { tenantId, teams }: StackSettings,
  purpose: Purpose,
  provider: ProviderResource,
): Promise<string[]> {
  const permissions = neededPermissions(
    teams.map((team) => team.settings),
    purpose,
  );
  const [graph, services] = await Promise.all([
    entra.checkAccess({ tenantId, permissions }, { provider }),
    smallstep.checkTeams(
      {
        teams: teams.map(({ settings: { smallstep, scim, database, safeguards, cutover } }) => ({
          teamSlug: smallstep.teamSlug,
          directoryId: scim.directoryId,
          directoryColumn: database.directoryColumn,
          allowSharedDirectory: safeguards.allowSharedDirectory,
          tenantUrl: scimTenantUrl(scim.baseUrl, scim.directoryId),
          token: scim.token,
          minimumUsers: cutover.minimumUsers,
          caUrl: smallstep.caUrl,
          caRootCert: smallstep.caRootCert,
        })),
      },
      { provider },
    ),
  ]);
  const problems = services.problems.map(({ team = 0, input, reason }) => {
    const setting = settings[input] ?? input;
    return `${teams[team]?.configPath(setting) ?? setting}: ${reason}`;
  });
  return [...new Set([...graph.problems, ...problems])];
}
