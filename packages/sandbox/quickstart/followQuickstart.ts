import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import type { GraphEmulator, Authority } from "entra-emulator";
import { TestClient } from "entra-emulator/testing";
import type { Smallstep } from "../smallstep/smallstep";
import { Portal, type QuickstartDeviations } from "./portal";

const run = promisify(execFile);

/** Objects that exist after a user has completed the quickstart. */
export interface ManualSetup {
  /** Object ids of the groups. */
  groups: { ssh: string; sudo: string };
  application: { id: string; clientId: string; secret: string };
  jobId: string;
  /** User names in the SCIM directory after the first cycle, sorted. See `userNames`. */
  userNames: string[];
}

/**
 * Follows Smallstep's "On-prem Azure AD Quickstart" as a user does manually: the portal's clicks as requests to Graph,
 * `manage-provisioners` in the admin tools, and SQL on `folk`.
 */
export async function followQuickstart(
  services: { graph: GraphEmulator; smallstep: Smallstep; authority: Authority },
  deviations: QuickstartDeviations = {},
): Promise<ManualSetup> {
  const { graph, smallstep, authority } = services;
  const administrator = graph.addClient({ displayName: "An administrator", permissions: administratorRights });
  const portal = new Portal(new TestClient(graph, authority.caPem, administrator), deviations);
  const users = [...graph.state.users.values()].filter((user) => user.userPrincipalName.endsWith("@corp.com"));
  const ids = users.map(({ id }) => id);
  const sudoers = [graph.state.user("ada.lovelace@corp.com").id];
  const groups = { ssh: await portal.group("ssh", ids), sudo: await portal.group("sudo", sudoers) };
  const application = await portal.signInApp("Smallstep SSH");
  await addProvisioner(services, application, deviations);
  const enterpriseApp = await portal.enterpriseApp("smallstep-usersync", Object.values(groups));
  const { directory, team } = smallstep;
  const jobId = await portal.provision(enterpriseApp, `${smallstep.scim.baseUrl}/${directory.id}/v2`, directory.token);
  await graph.runCycle();
  const teams = deviations.everyTeam ? "" : ` where slug = '${team.slug}'`;
  await smallstep.query(`update teams set ssh_directory_id = $1${teams}`, [directory.id]);
  return { groups, application, jobId, userNames: userNames(smallstep) };
}

/** Returns the user names of the directory, sorted. Appends " (inactive)" to inactive users. */
export function userNames({ scim, directory }: Smallstep): string[] {
  const users = scim.users(directory.id);
  return users.map(({ userName, active }) => `${userName}${active ? "" : " (inactive)"}`).sort();
}

const administratorRights = [
  "Application.ReadWrite.All",
  "AppRoleAssignment.ReadWrite.All",
  "Directory.Read.All",
  "Group.ReadWrite.All",
  "Synchronization.ReadWrite.All",
];

/** Performs step 3: runs `manage-provisioners` in the admin-tools container. */
async function addProvisioner(
  { graph, smallstep }: { graph: GraphEmulator; smallstep: Smallstep },
  application: { clientId: string; secret: string },
  { noListenAddress = false }: QuickstartDeviations,
): Promise<void> {
  const { image, team } = smallstep;
  const configuration = `${graph.url}/${graph.tenantId}/v2.0/.well-known/openid-configuration`;
  await run(
    path.join(image.path[0] ?? "", "manage-provisioners"),
    [
      ...["--ssh", "--type", "OIDC", "--name", "azuread"],
      ...(noListenAddress ? [] : ["--listen-address", "127.0.0.1:10000"]),
      ...["--client-id", application.clientId, "--client-secret", application.secret],
      ...["--configuration-endpoint", configuration, "--domain", "corp.com"],
      ...["--authority", team.authorityId, "--tenant-id", graph.tenantId, "add"],
    ],
    { env: { PATH: process.env["PATH"], ...image.env } },
  );
}
