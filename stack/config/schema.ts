import * as z from "zod";
import { guid } from "./fields";
import { checks } from "./sections/checks";
import { cutover } from "./sections/cutover";
import { database } from "./sections/database";
import { groups } from "./sections/groups";
import { safeguards } from "./sections/safeguards";
import { kubernetes } from "./sections/kubernetes";
import { mapping } from "./sections/mapping";
import { oidc } from "./sections/oidc";
import { scim } from "./sections/scim";
import { smallstep } from "./sections/smallstep";

/**
 * The whole configuration of a stack. The documentation's reference is generated from the description of each setting.
 * Defaults are those of Smallstep's "On-prem Azure AD Quickstart". Objects are strict: an unknown key is an error.
 */
export const settingsSchema = z.strictObject({
  tenantId: guid("the id of the Entra tenant").describe("Id of the Entra tenant (directory id). Required."),
  groups,
  oidc,
  scim,
  mapping,
  smallstep,
  kubernetes,
  database,
  cutover: cutover.prefault({}),
  safeguards: safeguards.prefault({}),
  checks: checks.prefault({}),
});

/** The sections that a team may override. The other sections apply to the whole stack. */
export const teamSections = [
  "groups",
  "oidc",
  "scim",
  "mapping",
  "smallstep",
  "kubernetes",
  "cutover",
  "safeguards",
] as const;

/** The settings of a stack, with one team or with several, each of which overrides some of them. */
export const stackSchema = settingsSchema.extend({
  teams: z
    .record(z.string(), z.object({}).catchall(z.unknown()))
    .optional()
    .describe(
      `Several teams in one stack, by key. A team may override ${teamSections.join(", ")}; it inherits everything else from the top ` +
        "level. Resources of the team `default` keep the names that they have in a stack with one team.",
    ),
});

/** The validated configuration of one team, with defaults filled in. */
export type Settings = z.infer<typeof settingsSchema>;
export type GroupSettings = Settings["groups"][number];

/** Paths of the secret settings. The same settings of a team are secret too. */
export const secretSettings = ["oidc.clientSecret", "scim.token", "database.password"] as const;

/** Returns whether the setting at a path such as `teams.blue.scim.token` is secret. */
export function isSecretSetting(path: string): boolean {
  const own = path.replace(/^teams\.[^.]+\./, "");
  return secretSettings.some((name) => name === own);
}
