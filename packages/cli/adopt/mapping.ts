import { quickstartMappings, type MappingEntry } from "@smallstep-ssh/components";
import { equivalent, normalize, presets, type PresetName } from "entra-mappings";
import { mappingDifferences, fromInputs } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Difference } from "./difference";

type Mappings = Readonly<Record<string, PropertyMap>>;

export interface MappingPlan {
  /** Value of the setting `mapping`. Empty: the quickstart's mappings. */
  settings: {
    preset?: PresetName;
    expression?: string;
    email?: "mail-or-upn";
    additionalMappings?: Record<string, MappingEntry>;
  };
  differences: Difference[];
}

const emailTarget = 'emails[type eq "work"].value';
const about = "Attribute mappings";

/**
 * Converts mappings to settings. User names and email are always kept, because a change would rename users. Other mappings are kept
 * only with `keepAll`. Otherwise the first `up` replaces them with the quickstart's, and the differences report it.
 */
export function planMapping(found: Mappings, keepAll: boolean): MappingPlan {
  const userName = expressionOf(found["userName"]);
  const settings: MappingPlan["settings"] = userName === undefined ? {} : userNameSettings(userName);
  const email = expressionOf(found[emailTarget]);
  const additionalMappings: Record<string, MappingEntry> = {};
  const sameAsUpn = email !== undefined && equivalent(email, "Coalesce([mail], [userPrincipalName])");
  if (sameAsUpn) settings.email = "mail-or-upn";
  else if (email !== undefined && !equivalent(email, "[mail]")) addMapping(additionalMappings, emailTarget, found);
  const declared = (): Record<string, MappingEntry> =>
    quickstartMappings({
      userName: userName ?? presets["upn-local-part"].expression,
      email: settings.email ?? "mail",
      additionalMappings,
    });
  if (keepAll) {
    const usual = declared();
    for (const target of Object.keys(found)) {
      if (target !== "userName" && differing(found[target], usual[target]).length > 0)
        addMapping(additionalMappings, target, found);
    }
  }
  if (Object.keys(additionalMappings).length > 0) settings.additionalMappings = additionalMappings;
  return { settings, differences: compare(found, declared()) };
}

function userNameSettings(expression: string): MappingPlan["settings"] {
  const [preset] = Object.entries(presets).find(([, one]) => equivalent(one.expression, expression)) ?? [];
  if (preset === undefined) return { expression };
  // Omit the default.
  return preset === "upn-local-part" ? {} : { preset: preset as PresetName };
}

/** Returns the source of a mapping as an expression. Undefined: it has none. */
function expressionOf(mapping: PropertyMap | undefined): string | undefined {
  if (mapping === undefined) return undefined;
  try {
    return fromInputs(mapping).expression ?? undefined;
  } catch {
    return typeof mapping["expression"] === "string" ? mapping["expression"] : undefined;
  }
}

/** Copies a mapping to the settings as far as they can express it. Skips a mapping without a source, and unknown flow types. */
function addMapping(additional: Record<string, MappingEntry>, target: string, found: Mappings): void {
  const {
    source,
    expression,
    constant,
    flowType,
    matchingPriority,
    default: fallback,
  } = (found[target] ?? {}) as MappingEntry;
  if ((source ?? expression ?? constant) === undefined) return;
  additional[target] = {
    ...(source === undefined ? {} : { source }),
    ...(expression === undefined ? {} : { expression }),
    ...(constant === undefined ? {} : { constant }),
    ...(flowType === "ObjectAddOnly" ? { flowType } : {}),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(matchingPriority !== undefined && matchingPriority > 1 ? { matchingPriority } : {}),
  };
}

function differing(found: PropertyMap | undefined, wanted: MappingEntry | undefined): string[] {
  if (found === undefined || wanted === undefined) return ["source"];
  try {
    return mappingDifferences(fromInputs(found), fromInputs(wanted as PropertyMap));
  } catch {
    return ["source"];
  }
}

/** Returns what the first `up` changes, attribute by attribute. */
function compare(found: Mappings, wanted: Readonly<Record<string, MappingEntry>>): Difference[] {
  const differences: Difference[] = [];
  const superfluous = Object.keys(found).filter((target) => wanted[target] === undefined);
  if (superfluous.length > 0) {
    differences.push({
      kind: "change",
      about,
      found: `Mappings that the quickstart does not have (${superfluous.length}): ${superfluous.join(", ")}.`,
      upEffect:
        "removes them: users keep these attributes in Smallstep, but Entra no longer writes them. Use --keep-mappings to keep them.",
    });
  }
  for (const [target, entry] of Object.entries(wanted)) {
    const now = found[target];
    if (now === undefined) {
      const lost = target === "active" ? "users who leave are not deactivated" : "it is not provisioned";
      differences.push({
        kind: "change",
        about,
        found: `${target} is not mapped: ${lost}.`,
        upEffect: `adds it: ${describeMapping(entry)}.`,
      });
      continue;
    }
    if (differing(now, entry).length === 0) continue;
    differences.push({
      kind: "change",
      about,
      found: `${target} is ${describeMapping(now)}.`,
      upEffect: `changes it to ${describeMapping(entry)}.`,
    });
  }
  return differences;
}

function describeMapping(entry: MappingEntry): string {
  const { source, expression, constant, matchingPriority, flowType, default: fallback } = entry;
  const text = expression === undefined ? undefined : readable(expression);
  const value =
    source === undefined ? (text ?? (constant === undefined ? "without a source" : `"${constant}"`)) : `[${source}]`;
  return [
    value,
    ...(matchingPriority === undefined ? [] : [`with matching priority ${matchingPriority}`]),
    ...(flowType === undefined || flowType === "Always" ? [] : [`flow type ${flowType}`]),
    ...(fallback === undefined ? [] : [`with default "${fallback}"`]),
  ].join(", ");
}

function readable(expression: string): string {
  try {
    return normalize(expression);
  } catch {
    return expression;
  }
}
