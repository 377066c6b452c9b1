import type { OutputMap } from "@pulumi/pulumi/automation";

/** Returns the outputs of each team by its key. A stack without `teams` has one team, `default`. Secrets are in cleartext. */
export function outputsByTeam(outputs: OutputMap): Record<string, Record<string, unknown>> {
  const teams: unknown = outputs["teams"]?.value;
  if (typeof teams === "object" && teams !== null) return teams as Record<string, Record<string, unknown>>;
  return { default: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown])) };
}
