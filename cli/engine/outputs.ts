import type { OutputMap } from "@pulumi/pulumi/automation";

/** The outputs of each team, by its key; a stack without `teams` has one, called `default`. Secrets are in clear. */
export function outputsByTeam(outputs: OutputMap): Record<string, Record<string, unknown>> {
  const teams: unknown = outputs["teams"]?.value;
  if (typeof teams === "object" && teams !== null) return teams as Record<string, Record<string, unknown>>;
  return { default: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown])) };
}
