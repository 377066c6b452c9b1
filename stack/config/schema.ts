import * as z from "zod";
import { destination, guid } from "./fields";
import { checks, safeguards } from "./sections/checks";
import { groups, mapping, oidc, scim } from "./sections/entra";
import { cutover, database, kubernetes, smallstep } from "./sections/smallstep";

/**
 * The whole configuration of a team, including the settings of the whole stack. The documentation's reference is generated from the
 * description of each setting. Defaults are those of Smallstep's "On-prem Azure AD Quickstart". Objects are strict: an unknown key is
 * an error.
 */
export const settingsSchema = z.strictObject({
  tenantId: guid("the id of the Entra tenant")
    .describe("Id of the Entra tenant (directory id). Required.")
    .meta(destination),
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

/** The validated configuration of one team, with defaults filled in. */
export type Settings = z.infer<typeof settingsSchema>;

/** Settings that apply to the whole stack. */
export const stackSections: readonly string[] = ["tenantId", "database", "checks"] satisfies (keyof Settings)[];

/** The sections that a team may override. */
export const teamSections = Object.keys(settingsSchema.shape).filter((name) => !stackSections.includes(name));

/** The settings of a stack, with one team or with several, each of which overrides some of them. */
export const stackSchema = settingsSchema.extend({
  teams: z
    .record(z.string(), z.object({}).catchall(z.unknown()))
    .optional()
    .describe(
      `Several teams in one stack, by key. A team may override ${teamSections.join(", ")}; it inherits everything else from the top ` +
        "level. A top level that sets `smallstep.teamSlug` is the team `default`, whose resources keep the names that they have in a stack " +
        "with one team.",
    ),
});

/** Every setting by its path, such as `scim.baseUrl`. A team has the same settings. */
export const settingsByPath: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries<z.ZodType>(settingsSchema.shape).flatMap(([section, schema]) => {
    const inner = withoutDefault(schema);
    if (!(inner instanceof z.ZodObject)) return [[section, schema]];
    return Object.entries<z.ZodType>(inner.shape).map(([name, setting]) => [`${section}.${name}`, setting]);
  }),
);

const pathsWith = (mark: "secret" | "destination"): readonly string[] =>
  [...settingsByPath].filter(([, setting]) => isMarked(setting, mark)).map(([path]) => path);

/** Paths of the secret settings, which their declarations mark. The same settings of a team are secret too. */
export const secretSettings = pathsWith("secret");

/**
 * Paths of the settings that decide which host, tenant or cluster receives a credential, which their declarations or the types of
 * their values mark.
 */
export const destinationSettings = pathsWith("destination");

function isMarked(setting: z.ZodType, mark: string): boolean {
  const inner = withoutDefault(setting);
  return setting.meta()?.[mark] === true || (inner !== setting && isMarked(inner, mark));
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return isWrapped ? withoutDefault(schema.unwrap() as z.ZodType) : schema;
}

/** Returns whether the setting at a path such as `teams.blue.scim.token` is secret. */
export function isSecretSetting(path: string): boolean {
  const own = path.replace(/^teams\.[^.]+\./, "");
  return secretSettings.includes(own);
}

/** One team of a stack. */
export interface Team {
  /** The team's key in `teams`, or `default` in a stack without `teams`. Part of the names of its resources. */
  key: string;
  /** All settings of the team, including those of the whole stack. */
  settings: Settings;
  /** Returns the path at which the configuration sets `setting`: `teams.blue.scim.directoryId`, or `scim.directoryId` if inherited. */
  configPath(setting: string): string;
}
