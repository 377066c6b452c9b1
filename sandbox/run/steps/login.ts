import { sshPrincipals } from "../../../mappings/usernames";
import type { Run } from "../scenario";
import { output } from "./look";

/** What the CA does at `step ssh login`: the email of the ID token gives the principals, one of which must be the account. */
export async function login(run: Run): Promise<void> {
  const { world, checks } = run;
  const clientId = String(await output(run, "clientId"));
  const users = world.smallstep.scim.users(world.smallstep.directory.id) as { userName: string; active: boolean }[];
  const account = (name: string) => users.find(({ userName }) => userName === name);
  for (const [upn, name] of [
    ["ada.lovelace@corp.com", "ada.lovelace"],
    ["bill.gates@corp.com", "bill.gates"],
  ] as const) {
    const claims = decode(await world.graph.idToken(upn, clientId));
    const principals = sshPrincipals(typeof claims["email"] === "string" ? claims["email"] : undefined);
    checks.that(
      `${upn} could log in`,
      account(name)?.active === true && principals.includes(name),
      principals.join(", "),
    );
  }
  const claims = decode(await world.graph.idToken("no.mail@corp.com", clientId));
  checks.that("who has no mail could not, as the check said", claims["email"] === undefined);
}

function decode(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
}
