import type { StackSettings } from "../config";
import type { OpenOptions } from "../provider/graph";
import { graphProblems } from "./graph";
import type { Purpose } from "./permissions";
import { smallstepProblems } from "./smallstep";

export { neededPermissions } from "./permissions";

/**
 * What stands in the way of a deployment, found before the first resource: credentials, permissions, the database, the teams, their
 * directories, SCIM tokens and CAs; what several teams share is looked at once. Nothing is changed; all problems are found at once,
 * and none of the sentences holds a secret.
 * @param credentials as azuread takes them, the environment (`ARM_*`) standing in for what is absent
 */
export async function connectionProblems(
  stack: StackSettings,
  credentials: Readonly<Record<string, unknown>>,
  graph: OpenOptions & { purpose?: Purpose } = {},
): Promise<string[]> {
  const found = await Promise.all([graphProblems(stack, credentials, graph), smallstepProblems(stack)]);
  return [...new Set(found.flat())];
}
