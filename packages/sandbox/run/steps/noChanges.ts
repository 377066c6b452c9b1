import path from "node:path";
import type { Run } from "../run";
import { isUnchanged } from "../stack";

const policyPack = path.join(__dirname, "../../../policy");

/**
 * Checks that refresh, preview and up report no changes if nothing was changed, and that the policy pack accepts the
 * refreshed state.
 */
export async function noChanges({ stack, checks }: Run): Promise<void> {
  const refresh = await stack.refresh();
  checks.assert("refresh detects no drift", isUnchanged(refresh.changes), describe(refresh));
  const preview = await stack.preview({ policyPacks: [policyPack] });
  checks.assert("preview plans no changes", isUnchanged(preview.changes), describe(preview));
  const up = await stack.up();
  checks.assert("up changes nothing", isUnchanged(up.changes), describe(up));
}

function describe({ changes, steps }: Awaited<ReturnType<Run["stack"]["up"]>>): string {
  const counts = Object.entries(changes).map(([op, count]) => `${count} ${op}`);
  const named = steps.map(({ op, type, name, diffs }) => `${op} ${type} ${name} ${diffs.join(" ")}`);
  return [...counts, ...named].join(", ");
}
