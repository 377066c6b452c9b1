import type { Run } from "../scenario";
import { asConfig } from "../settings";
import { pullRequest } from "./review";

/** Another way to make user names, previewed only: who would get a new account on every host is said before anything changes. */
export async function anotherPreset(run: Run): Promise<void> {
  const { stack, checks, world } = run;
  const before = world.graph.requests.all().length;
  await stack.setConfig(asConfig({ mapping: { preset: "concatenated" } }));
  const { steps, diagnostics } = await stack.preview();
  const changed = steps.find(({ type }) => type === "usersync:entra:AttributeMappings");
  checks.equal("the preview names the property", changed?.diffs, ["mappings.userName.expression"]);
  checks.that("it says who is renamed", diagnostics.includes("bill.gates@corp.com: bill.gates -> billgates"));
  const writes = world.graph.requests
    .all()
    .slice(before)
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/token"));
  checks.equal("nothing was changed", writes.length, 0);
  await pullRequest(run, "concatenated");
  await stack.setConfig(asConfig({ mapping: { preset: "upn-local-part" } }));
}
