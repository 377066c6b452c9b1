import { missingPermissions } from "../../../provider/graph";
import { neededPermissions } from "../../../preflight";
import { checkSettings } from "../../../config";
import { refusedWith } from "../../graph/permissions";
import { deployerPermissions } from "../../graph/seed/tenant";
import type { Run } from "../scenario";
import { sandboxSettings } from "../settings";

/** The permissions that the documentation lists are enough, and each of them is needed: from the log of all that was asked. */
export async function permissions({ world, checks }: Run): Promise<void> {
  const needed = neededPermissions([checkSettings(sandboxSettings(world))]);
  const roles: string[] = [...deployerPermissions];
  checks.equal("the deployer has what preview asks for", missingPermissions({ roles, scopes: [] }, needed), []);
  const { clientId } = world.graph.deployer;
  const requests = world.graph.requests.all().filter((request) => request.clientId === clientId);
  const refused = requests.filter(({ status }) => status === 403);
  checks.equal("that was enough: nothing was refused", refused.length, 0);
  for (const permission of roles) {
    const without = refusedWith(
      requests,
      roles.filter((other) => other !== permission),
    );
    // Without it Graph does not refuse, but hides people's attributes: then the check of user names names nobody.
    if (permission === "User.Read.All") continue;
    checks.assert(`without ${permission} requests would be refused`, without.length > 0, `${without.length}`);
  }
  const owned = ["Application.ReadWrite.OwnedBy", "Application.Read.All"];
  const others = roles.filter((role) => !/^(Application|Synchronization)\./.test(role));
  checks.equal(
    "Application.ReadWrite.OwnedBy with Application.Read.All would do too",
    refusedWith(requests, [...owned, ...others]).map(({ method, path }) => `${method} ${path}`),
    [],
  );
}
