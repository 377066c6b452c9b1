import { ExpressionError } from "entra-mappings";
import type { SynchronizationSchema } from "../../clients/graph/schema";
import { JOB_ID_FORM, isJobId } from "../../clients/graph/synchronization";
import { type CheckFailure, type CheckResult, type PropertyMap, type PropertyValue, UNKNOWN } from "../../host/types";
import { formatPath } from "../../host/paths";
import { hasUnknown } from "../../host/wire";
import { checkLimit, limitNames } from "./limits";
import { attributesIn, flowTypes, isMap, parseSource } from "./mapping";
import type { WantedMappings } from "./merge";
import { type ObjectMappingLocation, attributesOf } from "./objectMapping";

const properties = ["source", "expression", "constant", "matchingPriority", "flowType", "default"];
const sources = ["source", "expression", "constant"];

/** Checks the form of a job id. An unknown value passes. */
export function checkJobId(jobId: PropertyValue | undefined): CheckFailure[] {
  if (jobId === UNKNOWN) return [];
  if (jobId === undefined || jobId === null) return [{ property: "jobId", reason: "is required." }];
  if (typeof jobId === "string" && isJobId(jobId)) return [];
  return [{ property: "jobId", reason: `${JSON.stringify(jobId)} is not of the form ${JOB_ID_FORM}.` }];
}

/**
 * Checks the inputs of AttributeMappings without calling the service. Returns them with defaults and all failures
 * together.
 */
export function checkMappings(news: PropertyMap): CheckResult {
  const inputs: PropertyMap = { sourceObject: "User", exclusive: true, ...present(news) };
  const failures = [...checkJobId(inputs["jobId"]), ...limitNames.flatMap((name) => checkLimit(name, inputs[name]))];
  for (const name of ["sourceObject", "targetObject"]) {
    const value = inputs[name];
    if (value !== undefined && value !== UNKNOWN && typeof value !== "string") {
      failures.push({ property: name, reason: "must be a string: the name of an object in the job's schema." });
    }
  }
  const exclusive = inputs["exclusive"];
  if (typeof exclusive !== "boolean" && exclusive !== UNKNOWN) {
    failures.push({ property: "exclusive", reason: "must be true or false." });
  }
  const mappings = inputs["mappings"];
  if (mappings === UNKNOWN) return { inputs, failures };
  if (!isMap(mappings) || Object.keys(mappings).length === 0) {
    failures.push({ property: "mappings", reason: "must contain at least one mapping, keyed by target attribute." });
    return { inputs, failures };
  }
  for (const [target, mapping] of Object.entries(mappings)) failures.push(...checkMapping(target, mapping));
  failures.push(...checkPrecedence(mappings, exclusive === true));
  return { inputs, failures };
}

function checkMapping(target: string, mapping: PropertyValue | undefined): CheckFailure[] {
  if (mapping === UNKNOWN) return [];
  const at = (property: string): string => formatPath(["mappings", target, property]);
  if (!isMap(mapping)) {
    const reason = 'must be an object such as { source: "mail" }.';
    return [{ property: formatPath(["mappings", target]), reason }];
  }
  const failures: CheckFailure[] = [];
  const given = present(mapping);
  for (const [property, value] of Object.entries(given)) {
    const reason = checkProperty(property, value);
    if (reason !== undefined) failures.push({ property: at(property), reason });
  }
  const chosen = sources.filter((name) => given[name] !== undefined);
  if (chosen.length > 1 || (chosen.length === 0 && given["default"] === undefined)) {
    const found = chosen.length === 0 ? "has none" : `has ${chosen.join(" and ")}`;
    const reason = `must have exactly one of source, expression and constant; it ${found}.`;
    failures.push({ property: formatPath(["mappings", target]), reason });
  }
  return failures;
}

function checkProperty(property: string, value: PropertyValue | undefined): string | undefined {
  if (!properties.includes(property)) return `is not a property of a mapping; allowed are ${properties.join(", ")}.`;
  if (value === UNKNOWN) return undefined;
  if (property === "matchingPriority") {
    const whole = typeof value === "number" && Number.isInteger(value) && value > 0;
    return whole
      ? undefined
      : "must be a whole number of at least 1; omit it for an attribute that is not used for matching.";
  }
  if (typeof value !== "string") return "must be a string.";
  if (property === "flowType") {
    return flowTypes.some((word) => word === value) ? undefined : `"${value}" is not one of ${flowTypes.join(", ")}.`;
  }
  if (property === "source" && !/^[\w.:-]+$/.test(value)) {
    return `"${value}" is not the name of an attribute (without brackets); for any other source use expression.`;
  }
  return property === "expression" ? checkExpression(value) : undefined;
}

function checkExpression(text: string): string | undefined {
  try {
    parseSource({ expression: text });
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const caret = error.caret();
    return `${error.message} (character ${error.position + 1})${caret === "" ? "" : `\n${caret}`}`;
  }
}

function checkPrecedence(mappings: PropertyMap, exclusive: boolean): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const byPriority = new Map<number, string>();
  for (const [target, mapping] of Object.entries(mappings)) {
    const priority = isMap(mapping) ? mapping["matchingPriority"] : undefined;
    if (typeof priority !== "number") continue;
    const other = byPriority.get(priority);
    if (other === undefined) byPriority.set(priority, target);
    else {
      const reason = `is ${priority}, the same as for ${other}; each matching attribute needs its own value.`;
      failures.push({ property: formatPath(["mappings", target, "matchingPriority"]), reason });
    }
  }
  if (exclusive && byPriority.size === 0 && !hasUnknown(mappings)) {
    const reason = "must contain an attribute with matchingPriority: without one Entra cannot match existing users.";
    failures.push({ property: "mappings", reason });
  }
  return failures;
}

/**
 * Reports target and source attributes that the job's schema does not contain. Attributes in an existing mapping are
 * valid even if the schema does not list them.
 */
export function checkNames(
  schema: SynchronizationSchema,
  place: ObjectMappingLocation,
  wanted: WantedMappings,
): CheckFailure[] {
  const { rule, object } = place;
  const targets = attributesOf(schema, rule.targetDirectoryName, object.targetObjectName);
  const sources = attributesOf(schema, rule.sourceDirectoryName, object.sourceObjectName);
  for (const { targetAttributeName, source } of place.mappings) {
    if (targetAttributeName != null) targets?.add(targetAttributeName);
    for (const name of namesInSource(source)) sources?.add(name);
  }
  return Object.entries(wanted).flatMap(([target, mapping]) => {
    const failures: CheckFailure[] = [];
    if (targets !== undefined && !targets.has(target)) {
      const reason = `is not an attribute of ${object.targetObjectName ?? ""}${suggestion(target, targets)}.`;
      failures.push({ property: formatPath(["mappings", target]), reason });
    }
    const tree = parseSource(mapping);
    for (const name of new Set(tree === undefined ? [] : attributesIn(tree))) {
      if (sources === undefined || sources.has(name)) continue;
      const property = formatPath(["mappings", target, mapping["source"] === undefined ? "expression" : "source"]);
      const reason = `[${name}] is not an attribute of ${object.sourceObjectName ?? ""}${suggestion(name, sources)}.`;
      failures.push({ property, reason });
    }
    return failures;
  });
}

function namesInSource(source: ObjectMappingLocation["mappings"][number]["source"]): string[] {
  if (source == null) return [];
  const parameters = Array.isArray(source["parameters"]) ? (source["parameters"] as { value?: typeof source }[]) : [];
  const own = source["type"] === "Attribute" && typeof source["name"] === "string" ? [source["name"]] : [];
  return [...own, ...parameters.flatMap(({ value }) => namesInSource(value))];
}

/**
 * Suggests a similar name as the end of a sentence: one that differs in case and punctuation only, or that contains the
 * other.
 */
function suggestion(name: string, known: ReadonlySet<string>): string {
  const bare = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const wanted = bare(name);
  const names = [...known];
  const close =
    names.find((candidate) => bare(candidate) === wanted) ??
    names.find((candidate) => bare(candidate).includes(wanted) || wanted.includes(bare(candidate)));
  return close === undefined ? "" : `; the closest name is ${close}`;
}

function present(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined && value !== null));
}
