import { quickstartMappings, type MappingEntry } from "@smallstep-ssh/components";
import { settingsSchema } from "@smallstep-ssh/stack";
import { boundedList, equivalent, normalize, presets } from "entra-mappings";
import { mappingDifferences, fromInputs } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import * as z from "zod";
import { differencesOf, type Difference } from "./part";

type Mappings = Readonly<Record<string, PropertyMap>>;

export interface MappingPlan {
  /** Value of the setting `mapping`. Empty: the quickstart's mappings. */
  settings: {
    preset?: string;
    expression?: string;
    email?: "mail-or-upn" | undefined;
    additionalMappings?: Record<string, MappingEntry> | undefined;
  };
  differences: Difference[];
}

const emailTarget = 'emails[type eq "work"].value';

/**
 * Converts mappings to settings. User names and email are always kept, because a change would rename users. Other mappings are kept
 * only with `keepAll`. Otherwise the first `up` replaces them with the quickstart's, and the differences report it.
 */
export function planMapping(found: Mappings, keepAll: boolean): MappingPlan {
  const userName = expressionOf(found["userName"]) ?? presets["upn-local-part"].expression;
  const email = expressionOf(found[emailTarget]) ?? "[mail]";
  const emailSetting = equivalent(email, "Coalesce([mail], [userPrincipalName])") ? "mail-or-upn" : undefined;
  const usual = quickstartMappings({ userName, email: emailSetting });
  const isCustomEmail = emailSetting === undefined && !equivalent(email, "[mail]");
  const kept = Object.keys(found).filter(
    (target) => (keepAll && target !== "userName") || (isCustomEmail && target === emailTarget),
  );
  const additional = kept.flatMap((target): [string, MappingEntry][] => {
    const entry = differing(found[target], usual[target]) ? settingOf(target, found[target]) : undefined;
    return entry === undefined ? [] : [[target, entry]];
  });
  const additionalMappings = additional.length === 0 ? undefined : Object.fromEntries(additional);
  const wanted = quickstartMappings({ userName, email: emailSetting, additionalMappings });
  return {
    settings: { ...userNameSettings(userName), email: emailSetting, additionalMappings },
    differences: compare(found, wanted, keepAll),
  };
}

function userNameSettings(expression: string): MappingPlan["settings"] {
  const preset = Object.entries(presets).find(([, one]) => equivalent(one.expression, expression))?.[0];
  if (preset === undefined) return { expression };
  // Omit the default.
  return preset === "upn-local-part" ? {} : { preset };
}

/** Returns the source of a mapping as an expression. Undefined: it has none. */
function expressionOf(mapping: PropertyMap | undefined): string | undefined {
  if (mapping === undefined) return undefined;
  try {
    return fromInputs(mapping).expression ?? undefined;
  } catch {
    return entrySchema.parse(mapping).expression;
  }
}

const text = z.string().optional();
const entrySchema = z.object({
  source: text,
  expression: text,
  constant: text,
  matchingPriority: z.number().optional(),
  flowType: text,
  default: text,
});

/** Returns the setting of a mapping as far as settings can express it. Undefined: they cannot. */
function settingOf(target: string, mapping: PropertyMap | undefined): MappingEntry | undefined {
  const { flowType, matchingPriority = 0, ...source } = entrySchema.parse(mapping ?? {});
  const entry = {
    ...source,
    flowType: flowType === "ObjectAddOnly" ? flowType : undefined,
    matchingPriority: matchingPriority > 1 ? matchingPriority : undefined,
  } as const;
  return settingsSchema.shape.mapping.safeParse({ additionalMappings: { [target]: entry } }).success
    ? entry
    : undefined;
}

function differing(found: PropertyMap | undefined, wanted: MappingEntry | undefined): boolean {
  if (found === undefined || wanted === undefined) return true;
  try {
    return mappingDifferences(fromInputs(found), fromInputs({ ...wanted })).length > 0;
  } catch {
    return true;
  }
}

/** Returns what the first `up` changes, attribute by attribute. */
function compare(found: Mappings, wanted: Readonly<Record<string, MappingEntry>>, keepAll: boolean): Difference[] {
  const superfluous = Object.keys(found).filter((target) => wanted[target] === undefined);
  const list = `(${superfluous.length}): ${boundedList(superfluous).join(", ")}.`;
  const removal = "removes them: users keep these attributes in Smallstep, but Entra no longer writes them.";
  return differencesOf("Attribute mappings", [
    superfluous.length > 0 &&
      (keepAll
        ? ["attention", `Mappings that settings cannot express ${list}`, removal]
        : [
            "change",
            `Mappings that the quickstart does not have ${list}`,
            `${removal} Use --keep-mappings to keep them.`,
          ]),
    ...Object.entries(wanted).map(([target, entry]) => {
      const now = found[target];
      const lost = target === "active" ? "users who leave are not deactivated" : "it is not provisioned";
      if (now === undefined)
        return ["change", `${target} is not mapped: ${lost}.`, `adds it: ${describe({ ...entry })}.`] as const;
      const change = ["change", `${target} is ${describe(now)}.`, `changes it to ${describe({ ...entry })}.`] as const;
      return differing(now, entry) && change;
    }),
  ]);
}

function describe(mapping: PropertyMap): string {
  const { source, expression, constant, matchingPriority, flowType, default: fallback } = entrySchema.parse(mapping);
  const value = constant === undefined ? "without a source" : `"${constant}"`;
  return [
    source !== undefined ? `[${source}]` : expression !== undefined ? readable(expression) : value,
    matchingPriority !== undefined && `with matching priority ${matchingPriority}`,
    flowType !== undefined && flowType !== "Always" && `flow type ${flowType}`,
    fallback !== undefined && `with default "${fallback}"`,
  ]
    .filter((part) => part !== false)
    .join(", ");
}

function readable(expression: string): string {
  try {
    return normalize(expression);
  } catch {
    return expression;
  }
}
