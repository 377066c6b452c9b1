import { Redactor } from "@smallstep-ssh/usersync/host";
import type { StackSettings } from "../config/teams";
import { graphProblems, type GraphOptions } from "./graph";
import { smallstepProblems, type ReportFn } from "./smallstep";

/**
 * Finds what would stop a deployment, before the first resource: credentials, permissions, the database, the teams, their directories,
 * SCIM tokens and CAs. Checks what several teams share once. Changes nothing.
 * @param credentials settings of the azuread provider; absent ones fall back to the environment (`ARM_*`)
 * @param report receives findings that do not stop the deployment
 * @returns one message for each problem; none holds a secret
 */
export async function runPreflightChecks(
  stack: StackSettings,
  credentials: Readonly<Record<string, unknown>>,
  graph: GraphOptions = {},
  report: ReportFn = () => undefined,
): Promise<string[]> {
  const found = await Promise.all([graphProblems(stack, credentials, graph), smallstepProblems(stack, report)]);
  const redactor = new Redactor();
  const { ARM_CLIENT_SECRET, ARM_OIDC_TOKEN } = process.env;
  const { clientSecret, oidcToken, oidcRequestToken } = credentials;
  const ofTeams = stack.teams.map(({ settings }) => settings.scim.token);
  const given = [clientSecret, oidcToken, oidcRequestToken, stack.database.password, ...ofTeams];
  for (const secret of [...given, ARM_CLIENT_SECRET, ARM_OIDC_TOKEN]) {
    if (typeof secret === "string") redactor.add(secret);
  }
  return [...new Set(found.flat().map((problem) => redactor.redact(problem)))];
}
