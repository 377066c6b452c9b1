import type { Settings } from "./schema";

/** One team of a stack. */
export interface Team {
  /** The team's key in `teams`, or `default` in a stack without `teams`. Part of the names of its resources. */
  key: string;
  /** All settings of the team, including those of the whole stack. */
  settings: Settings;
  /** Returns the path at which the configuration sets `setting`: `teams.blue.scim.directoryId`, or `scim.directoryId` if inherited. */
  configPath(setting: string): string;
}
