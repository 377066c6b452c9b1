import type { Ended } from "../../faults/crash/engine";
import { recover } from "../../faults/crash/recovery";
import type { Deployed, DeployedStack } from "./deployed";
import type { Act, Step } from "./outside";

/** Result of one operation: the cell of the table in docs/operations.md, and what is not as declared afterwards. */
export interface Outcome {
  cell: string;
  defects: string[];
}

const failed = ({ output }: Ended): Outcome => ({ cell: "fails", defects: [output.slice(-3000)] });

/** Checks users and the stack after an operation. */
async function outcome(stack: DeployedStack, cell: string): Promise<Outcome> {
  const defects = await stack.defects();
  const { code, output } = await stack.environment.engine.preview("--refresh", "--expect-no-changes", "--diff");
  if (code !== 0) defects.push(`preview --refresh is not empty: ${output.slice(-2500)}`);
  return { cell, defects };
}

/** Runs `pulumi up` after `pulumi state taint`. A preview that refuses it must name the command that keeps the object. */
export async function taint(stack: DeployedStack, { urn }: Deployed): Promise<Outcome> {
  const { engine } = stack.environment;
  stack.succeeded(await engine.command("state", "taint", urn, "--yes"));
  const preview = await engine.preview();
  if (preview.code === 0) {
    const up = await engine.up();
    return up.code === 0 ? outcome(stack, "replaced") : failed(up);
  }
  if (!/pulumi state untaint '?urn:/.test(preview.output)) return failed(preview);
  stack.succeeded(await engine.command("state", "untaint", urn, "--yes"));
  return outcome(stack, "refused");
}

/** Deletes an object without Pulumi, follows the documented steps, and runs `pulumi up --refresh`. */
export async function repairDeleted(
  stack: DeployedStack,
  resource: Deployed,
  erase: Act,
  step?: Step,
): Promise<Outcome> {
  const { engine } = stack.environment;
  await erase(stack, resource);
  if (step?.refusal !== undefined) {
    const preview = await engine.preview("--refresh");
    if (preview.code === 0 || !step.refusal.test(preview.output)) return failed(preview);
  }
  await step?.before?.(stack, resource);
  const up = await engine.up("--refresh");
  await step?.after?.(stack, resource);
  return up.code === 0 ? outcome(stack, step?.cell ?? "repaired") : failed(up);
}

/** Words of the table for the steps of the recovery. */
const recoveries: Readonly<Record<string, string>> = {
  import: "imported",
  remove: "client secret removed",
  delete: "objects deleted with kubectl",
};

/** Removes a resource and its dependents from the state, and follows the commands that `pulumi up` prints. */
export async function forget(stack: DeployedStack, { urn }: Deployed): Promise<Outcome> {
  const { engine } = stack.environment;
  stack.succeeded(await engine.command("state", "delete", urn, "--target-dependents", "--yes"));
  const { ok, steps, output } = await recover(stack.environment, "up");
  if (!ok) return failed({ code: 1, output });
  const cell = [...new Set(steps)].map((step) => recoveries[step] ?? step).join(", ");
  return outcome(stack, cell || "created again");
}

/** Changes objects without Pulumi, all at once, and runs `pulumi up --refresh`. */
export async function repairChanged(
  stack: DeployedStack,
  changes: readonly (() => Promise<unknown>)[],
): Promise<Outcome> {
  for (const change of changes) await change();
  const up = await stack.environment.engine.up("--refresh");
  return up.code === 0 ? outcome(stack, "repaired") : failed(up);
}

/**
 * Changes objects without Pulumi, runs `pulumi up --target` for one resource after the other, and then `pulumi up --refresh`.
 * A refresh of dependents fails in the engine unless their provider is a target, too, so with `withDependents` the refresh
 * comes first.
 */
export async function repairTargets(
  stack: DeployedStack,
  resources: Iterable<Deployed>,
  changes: readonly (() => Promise<unknown>)[],
  withDependents: boolean,
): Promise<Outcome> {
  const { engine } = stack.environment;
  for (const change of changes) await change();
  if (withDependents) stack.succeeded(await engine.refresh());
  for (const { urn } of resources) {
    const up = await engine.up("--target", urn, withDependents ? "--target-dependents" : "--refresh");
    if (up.code !== 0) return failed(up);
  }
  const up = await engine.up("--refresh");
  return up.code === 0 ? outcome(stack, "repaired") : failed(up);
}

/** Changes settings, and runs `pulumi up`. */
export async function configure(stack: DeployedStack, settings: Record<string, string>): Promise<Outcome> {
  await stack.set(settings);
  const up = await stack.environment.engine.up();
  return up.code === 0 ? outcome(stack, "updated") : failed(up);
}

/** Lowers the version of the client secret below the one that the CA publishes. */
export async function lowerSecretVersion(stack: DeployedStack): Promise<string> {
  const { engine } = stack.environment;
  await stack.set({ "oidc.clientSecretVersion": "2" });
  stack.succeeded(await engine.up());
  await stack.waitForJobs();
  await stack.set({ "oidc.clientSecretVersion": "1" });
  const { code, output } = await engine.preview();
  return code === 0 ? "accepted" : output;
}
