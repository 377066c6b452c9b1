import { z } from "zod";

import { GraphError } from "../http/reply";
import { attributesOf, expressionProblem } from "./expressions";
import type { MappingSource } from "./mappingSource";

// Graph's synchronizationSchema. Declares only the properties that the emulator reads; all others are kept unchanged.

const largestExpression = 10_000;

const mappingSource: z.ZodType<MappingSource> = z.looseObject({
  type: z.enum(["Attribute", "Constant", "Function"]),
  name: z.string().default(""),
  expression: z.string().max(largestExpression).nullish(),
  get parameters() {
    return z.array(z.looseObject({ key: z.string(), value: mappingSource })).nullish();
  },
});

const attributeMapping = z.looseObject({
  targetAttributeName: z.string(),
  /** Null: the default value flows. */
  source: mappingSource.nullable().default(null),
  defaultValue: z.string().nullable().default(null),
  flowBehavior: z.enum(["FlowWhenChanged", "FlowAlways"]).default("FlowWhenChanged"),
  flowType: z
    .enum(["Always", "ObjectAddOnly", "MultiValueAddOnly", "ValueAddOnly", "AttributeAddOnly"])
    .default("Always"),
  matchingPriority: z.int().min(0).default(0),
});

const clause = z.looseObject({
  operatorName: z.string(),
  sourceOperandName: z.string(),
  targetOperand: z.looseObject({ values: z.array(z.string()).default([]) }).nullish(),
});
const scope = z.looseObject({ groups: z.array(z.looseObject({ clauses: z.array(clause).default([]) })).default([]) });

const objectMapping = z.looseObject({
  name: z.string().nullable().default(null),
  enabled: z.boolean().default(true),
  flowTypes: z.string().default("Add, Update, Delete"),
  sourceObjectName: z.string(),
  targetObjectName: z.string(),
  scope: scope.nullable().default(null),
  attributeMappings: z.array(attributeMapping).default([]),
});

const rule = z.looseObject({
  id: z.string(),
  name: z.string().min(1),
  priority: z.number(),
  sourceDirectoryName: z.string(),
  targetDirectoryName: z.string(),
  objectMappings: z.array(objectMapping).default([]),
});

const attributeDefinition = z.looseObject({ name: z.string(), type: z.string().default("String") });
const objectDefinition = z.looseObject({ name: z.string(), attributes: z.array(attributeDefinition) });
const directoryDefinition = z.looseObject({ name: z.string(), objects: z.array(objectDefinition) });

/** Parses a schema: sets the defaults of absent properties. The order of properties is always the same. */
export const synchronizationSchema = z.looseObject({
  id: z.string().default(""),
  version: z.string().default(""),
  synchronizationRules: z.array(rule).min(1),
  directories: z.array(directoryDefinition).min(1),
});

export type AttributeMapping = z.infer<typeof attributeMapping>;
export type ScopingFilter = z.infer<typeof scope>;
export type ObjectMapping = z.infer<typeof objectMapping>;
export type SynchronizationRule = z.infer<typeof rule>;
export type AttributeDefinition = z.infer<typeof attributeDefinition>;
export type ObjectDefinition = z.infer<typeof objectDefinition>;
export type DirectoryDefinition = z.infer<typeof directoryDefinition>;
export type SynchronizationSchema = z.infer<typeof synchronizationSchema>;

/** Validates a schema from a client and returns a copy to store. Throws a 400 for the first error. */
export function acceptSchema(given: unknown, knownRuleIds: readonly string[]): SynchronizationSchema {
  const { data: schema, error } = synchronizationSchema.safeParse(given);
  if (!schema) {
    const issue = error.issues[0];
    throw invalid(`${issue?.path.join("/")}: ${issue?.message}`);
  }
  delete schema["@odata.context"];
  for (const rule of schema.synchronizationRules) {
    if (!knownRuleIds.includes(rule.id)) {
      throw invalid(`The synchronization rule '${rule.id}' is not known to the engine.`);
    }
    // The service itself returns disabled object mappings without names.
    const named = rule.objectMappings.filter((one) => one.enabled || one.sourceObjectName !== "");
    for (const mapping of named) checkObjectMapping(schema, rule, mapping);
  }
  return schema;
}

function checkObjectMapping(schema: SynchronizationSchema, rule: SynchronizationRule, mapping: ObjectMapping): void {
  const sources = attributeNames(schema, rule.sourceDirectoryName, mapping.sourceObjectName);
  const targets = attributeNames(schema, rule.targetDirectoryName, mapping.targetObjectName);
  const mapped = new Set<string>();
  for (const { targetAttributeName: target, source } of mapping.attributeMappings) {
    if (!targets.includes(target)) {
      const place = `object '${mapping.targetObjectName}' of directory '${rule.targetDirectoryName}'`;
      throw invalid(`The target attribute '${target}' is not defined for ${place}.`);
    }
    if (mapped.has(target)) throw invalid(`The target attribute '${target}' is mapped more than once.`);
    mapped.add(target);
    if (source === null) continue;
    if (source.name === "" && source.type !== "Constant") throw invalid(`The source of '${target}' needs a name.`);
    const problem = expressionProblem(source);
    if (problem !== undefined) throw invalid(`The expression of '${target}' cannot be parsed: ${problem}`);
    const missing = attributesOf(source).find((name) => !sources.includes(name));
    if (missing !== undefined) throw invalid(`The source attribute '${missing}' of '${target}' does not exist.`);
  }
}

function attributeNames(schema: SynchronizationSchema, directoryName: string, objectName: string): string[] {
  const directory = schema.directories.find((one) => one.name === directoryName);
  if (!directory) throw invalid(`The directory '${directoryName}' is not among the directories of the schema.`);
  const object = directory.objects.find((one) => one.name === objectName);
  if (!object) throw invalid(`The object '${objectName}' is not defined in directory '${directoryName}'.`);
  return object.attributes.map((one) => one.name);
}

function invalid(message: string): GraphError {
  return new GraphError(400, "SchemaInvalid", message);
}
