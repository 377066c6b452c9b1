import * as z from "zod";
import { guid } from "./fields";
import { checks } from "./sections/checks";
import { cutover } from "./sections/cutOver";
import { database } from "./sections/folk";
import { groups } from "./sections/groups";
import { safeguards } from "./sections/guards";
import { kubernetes } from "./sections/kubernetes";
import { mapping } from "./sections/mapping";
import { oidc } from "./sections/oidc";
import { scim } from "./sections/scim";
import { smallstep } from "./sections/smallstep";

/**
 * The whole configuration of a stack. Each key's description is what the reference in the documentation is made of.
 * Defaults are those of Smallstep's "On-prem Azure AD Quickstart". Objects are strict: an unknown key is an error.
 */
export const settingsSchema = z.strictObject({
  tenantId: guid("the id of the Entra tenant").describe("The Entra tenant (directory id). Required."),
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

/** The sections that each of several teams may say for itself; the others are of the whole stack. */
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

/** The settings of a stack: those of its team, or of several, each of which says what is different for it. */
export const stackSchema = settingsSchema.extend({
  teams: z
    .record(z.string(), z.object({}).catchall(z.unknown()))
    .optional()
    .describe(
      `Several teams in one stack, by key: each says what is different for it in ${teamSections.join(", ")}; the rest is as at the top ` +
        "level. The team `default` has the names of a stack with one team.",
    ),
});

/** The checked configuration of one team, defaults filled in. */
export type Settings = z.infer<typeof settingsSchema>;
export type GroupSettings = Settings["groups"][number];

/** Settings that are secret, as paths; so are a team's. */
export const secretSettings = ["oidc.clientSecret", "scim.token", "database.password"] as const;

/** Whether the setting at a path such as `teams.blue.scim.token` is secret. */
export function isSecretSetting(path: string): boolean {
  const own = path.replace(/^teams\.[^.]+\./, "");
  return secretSettings.some((name) => name === own);
}
