import { GraphError } from "../http/reply";
import { expressionProblem } from "./expressions";
import type {
  AttributeMapping,
  MappingSource,
  ObjectMapping,
  SynchronizationRule,
  SynchronizationSchema,
} from "./types";

const flowTypes = ["Always", "ObjectAddOnly", "MultiValueAddOnly", "ValueAddOnly", "AttributeAddOnly"];
const flowBehaviors = ["FlowWhenChanged", "FlowAlways"];
const sourceTypes = ["Attribute", "Constant", "Function"];
const largestExpression = 10_000;

/** Validates a schema from a client and returns a copy to store. Throws a 400 for the first error. */
export function acceptSchema(given: unknown, knownRuleIds: ReadonlySet<string>): SynchronizationSchema {
  if (typeof given !== "object" || given === null) throw invalid("The schema is missing.");
  const schema = structuredClone(given) as SynchronizationSchema;
  if (!Array.isArray(schema.synchronizationRules) || schema.synchronizationRules.length === 0) {
    throw invalid("synchronizationRules must hold at least one rule.");
  }
  if (!Array.isArray(schema.directories) || schema.directories.length === 0) {
    throw invalid("directories must hold the source and the target directory.");
  }
  for (const rule of schema.synchronizationRules) checkRule(schema, rule, knownRuleIds);
  return schema;
}

function checkRule(schema: SynchronizationSchema, rule: SynchronizationRule, known: ReadonlySet<string>): void {
  if (!known.has(rule.id)) throw invalid(`The synchronization rule '${rule.id}' is not known to the engine.`);
  if (!rule.name) throw invalid(`The name of the synchronization rule '${rule.id}' must not be null.`);
  for (const mapping of rule.objectMappings ?? []) checkObjectMapping(schema, rule, mapping);
}

function checkObjectMapping(schema: SynchronizationSchema, rule: SynchronizationRule, mapping: ObjectMapping): void {
  const source = attributesOf(schema, rule.sourceDirectoryName, mapping.sourceObjectName);
  const target = attributesOf(schema, rule.targetDirectoryName, mapping.targetObjectName);
  const seen = new Set<string>();
  for (const one of mapping.attributeMappings ?? []) {
    if (!target.has(one.targetAttributeName)) {
      throw invalid(
        `The target attribute '${one.targetAttributeName}' is not defined for object '${mapping.targetObjectName}' ` +
          `of directory '${rule.targetDirectoryName}'.`,
      );
    }
    if (seen.has(one.targetAttributeName)) {
      throw invalid(`The target attribute '${one.targetAttributeName}' is mapped more than once.`);
    }
    seen.add(one.targetAttributeName);
    checkAttributeMapping(one, source);
  }
}

function attributesOf(schema: SynchronizationSchema, directoryName: string, objectName: string): Set<string> {
  const directory = schema.directories.find((one) => one.name === directoryName);
  if (!directory) throw invalid(`The directory '${directoryName}' is not among the directories of the schema.`);
  const object = directory.objects?.find((one) => one.name === objectName);
  if (!object) throw invalid(`The object '${objectName}' is not defined in directory '${directoryName}'.`);
  return new Set(object.attributes.map((one) => one.name));
}

function checkAttributeMapping(mapping: AttributeMapping, sourceAttributes: ReadonlySet<string>): void {
  const target = mapping.targetAttributeName;
  if (mapping.flowType !== undefined && !flowTypes.includes(mapping.flowType)) {
    throw invalid(`flowType '${mapping.flowType}' of '${target}' is not one of ${flowTypes.join(", ")}.`);
  }
  if (mapping.flowBehavior !== undefined && !flowBehaviors.includes(mapping.flowBehavior)) {
    throw invalid(`flowBehavior '${mapping.flowBehavior}' of '${target}' is not one of ${flowBehaviors.join(", ")}.`);
  }
  const priority = mapping.matchingPriority ?? 0;
  if (!Number.isInteger(priority) || priority < 0) throw invalid(`matchingPriority of '${target}' must be 0 or more.`);
  const source = mapping.source as Partial<AttributeMapping["source"]> | null | undefined;
  if (source === undefined || source === null) return;
  if (!sourceTypes.includes(source.type ?? "")) {
    throw invalid(`The source of '${target}' needs a type: ${sourceTypes.join(", ")}.`);
  }
  if (!source.name && source.type !== "Constant") throw invalid(`The source of '${target}' needs a name.`);
  if ((source.expression ?? "").length > largestExpression) {
    throw invalid(`The expression of '${target}' is longer than ${largestExpression} characters.`);
  }
  const problem = expressionProblem(source as MappingSource);
  if (problem) throw invalid(`The expression of '${target}' cannot be parsed: ${problem}`);
  for (const name of attributesUsed(source)) {
    if (!sourceAttributes.has(name)) throw invalid(`The source attribute '${name}' of '${target}' does not exist.`);
  }
}

function attributesUsed(source: unknown): string[] {
  if (typeof source !== "object" || source === null) return [];
  const { type, name, parameters } = source as { type?: string; name?: string; parameters?: unknown };
  if (type === "Attribute") return [name ?? ""];
  if (!Array.isArray(parameters)) return [];
  return parameters.flatMap((one) => attributesUsed((one as { value?: unknown }).value));
}

function invalid(message: string): GraphError {
  return new GraphError(400, "InvalidSchema", message);
}
