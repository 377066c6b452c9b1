import { missingPermissions } from "@smallstep-ssh/usersync/clients";
import { checkStack, neededPermissions } from "@smallstep-ssh/stack";
import { refusedWith } from "entra-emulator";
import { deployerPermissions } from "entra-emulator/testing";
import type { Run } from "../run";
import { sandboxSettings } from "../settings";

/** Checks in the emulator's request log that the documented permissions are sufficient and that each one is necessary. */
export async function permissions(run: Run): Promise<void> {
  const { graph, checks } = run;
  const needed = neededPermissions(checkStack(sandboxSettings(run)).teams.map(({ settings }) => settings));
  const roles: string[] = [...deployerPermissions];
  checks.equal(
    "the deployer has the permissions that preview requires",
    missingPermissions({ roles, scopes: [] }, needed),
    [],
  );
  const { clientId } = graph.deployer;
  const requests = graph.requests.all().filter((request) => request.clientId === clientId);
  const refused = requests.filter(({ status }) => status === 403);
  checks.equal("Graph rejects no request of the deployer", refused.length, 0);
  for (const permission of roles) {
    const without = refusedWith(
      requests,
      roles.filter((other) => other !== permission),
    );
    // Without User.Read.All, Graph does not reject requests but hides users' attributes. The user name check then finds no user.
    if (permission === "User.Read.All") continue;
    checks.assert(`without ${permission}, Graph would reject requests`, without.length > 0, `${without.length}`);
  }
  const owned = ["Application.ReadWrite.OwnedBy", "Application.Read.All"];
  const others = roles.filter((role) => !/^(Application|Synchronization)\./.test(role));
  checks.equal(
    "Application.ReadWrite.OwnedBy with Application.Read.All is sufficient too",
    refusedWith(requests, [...owned, ...others]).map(({ method, path }) => `${method} ${path}`),
    [],
  );
}
