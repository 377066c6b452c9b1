import { quickstartMappings, type MappingEntry } from "../../components/mappingSet";
import { equivalent, normalize } from "../../mappings/expression";
import { presets, type PresetName } from "../../mappings/presets";
import { differences, fromInputs } from "../../provider/entra/mapping";
import type { PropertyMap } from "../../provider/host";
import type { Difference } from "./remark";

type Mappings = Readonly<Record<string, PropertyMap>>;

export interface MappingPlan {
  /** The setting `mapping`; empty: the quickstart's. */
  settings: {
    preset?: PresetName;
    expression?: string;
    email?: "mail-or-upn";
    additionalMappings?: Record<string, MappingEntry>;
  };
  remarks: Difference[];
}

const emailTarget = 'emails[type eq "work"].value';
const about = "Attribute mappings";

/**
 * Mappings as settings. Account names and email are always kept as they are: to change them would rename people. Everything else is kept
 * only when asked to; otherwise the first `up` makes it the quickstart's, as the remarks say.
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
  return { settings, remarks: compare(found, declared()) };
}

function userNameSettings(expression: string): MappingPlan["settings"] {
  const [preset] = Object.entries(presets).find(([, one]) => equivalent(one.expression, expression)) ?? [];
  if (preset === undefined) return { expression };
  // The default goes without saying.
  return preset === "upn-local-part" ? {} : { preset: preset as PresetName };
}

/** A mapping's source as an expression; undefined when it has none. */
function expressionOf(mapping: PropertyMap | undefined): string | undefined {
  if (mapping === undefined) return undefined;
  try {
    return fromInputs(mapping).expression ?? undefined;
  } catch {
    return typeof mapping["expression"] === "string" ? mapping["expression"] : undefined;
  }
}

/** Takes a mapping over, as far as settings can say it: a source is needed, and one of the two ways to apply it. */
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
    return differences(fromInputs(found), fromInputs(wanted as PropertyMap));
  } catch {
    return ["source"];
  }
}

/** What the first `up` changes, attribute by attribute. */
function compare(found: Mappings, wanted: Readonly<Record<string, MappingEntry>>): Difference[] {
  const remarks: Difference[] = [];
  const superfluous = Object.keys(found).filter((target) => wanted[target] === undefined);
  if (superfluous.length > 0) {
    remarks.push({
      kind: "change",
      about,
      found: `${superfluous.length} more than the quickstart keeps: ${superfluous.join(", ")}.`,
      upEffect:
        "removes them: the attributes that people have in Smallstep stay as they are, and are written no more. --keep-mappings keeps them.",
    });
  }
  for (const [target, entry] of Object.entries(wanted)) {
    const now = found[target];
    if (now === undefined) {
      const lost = target === "active" ? "nobody is deactivated who leaves" : "it is not provisioned";
      remarks.push({
        kind: "change",
        about,
        found: `${target} is not mapped: ${lost}.`,
        upEffect: `adds it: ${describeMapping(entry)}.`,
      });
      continue;
    }
    if (differing(now, entry).length === 0) continue;
    remarks.push({
      kind: "change",
      about,
      found: `${target} is ${describeMapping(now as MappingEntry)}.`,
      upEffect: `makes it ${describeMapping(entry)}.`,
    });
  }
  return remarks;
}

function describeMapping(entry: MappingEntry): string {
  const { source, expression, constant, matchingPriority, flowType, default: fallback } = entry;
  const text = expression === undefined ? undefined : readable(expression);
  const value =
    source === undefined ? (text ?? (constant === undefined ? "without a source" : `"${constant}"`)) : `[${source}]`;
  return [
    value,
    ...(matchingPriority === undefined ? [] : [`matching with precedence ${matchingPriority}`]),
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
