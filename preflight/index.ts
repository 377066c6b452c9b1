import type { Settings } from "../config";
import type { OpenOptions } from "../provider/graph";
import { graphProblems } from "./graph";
import { smallstepProblems } from "./smallstep";

export { neededPermissions } from "./permissions";

/**
 * What stands in the way of a deployment, found before the first resource: credentials, permissions, the database, the team, the
 * directory, the SCIM token, the CA. Nothing is changed; all problems are found at once, and none of the sentences holds a secret.
 * @param credentials as azuread takes them, the environment (`ARM_*`) standing in for what is absent
 */
export async function connectionProblems(
  settings: Settings,
  credentials: Readonly<Record<string, unknown>>,
  graph: OpenOptions = {},
): Promise<string[]> {
  const found = await Promise.all([graphProblems(settings, credentials, graph), smallstepProblems(settings)]);
  return found.flat();
}
