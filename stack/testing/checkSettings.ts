import type { Settings } from "../config/schema";
import { checkStack } from "../config/teams";

/** Validates the configuration of a stack with one team and returns its settings. @throws ConfigurationError */
export function checkSettings(input: unknown): Settings {
  const [team] = checkStack(input).teams;
  if (team === undefined) throw new Error("The configuration has no team.");
  return team.settings;
}
