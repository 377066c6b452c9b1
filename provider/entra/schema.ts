/**
 * Graph's `synchronizationSchema`, as much of it as is read here. Everything else in it, known or not, is carried along
 * untouched: whoever changes one mapping has to send back the whole.
 */
export interface JsonObject {
  [key: string]: unknown;
}

export interface SynchronizationSchema extends JsonObject {
  version?: string;
  synchronizationRules?: SynchronizationRule[];
  directories?: Directory[];
}

export interface SynchronizationRule extends JsonObject {
  name?: string;
  sourceDirectoryName?: string;
  targetDirectoryName?: string;
  objectMappings?: ObjectMapping[];
}

export interface ObjectMapping extends JsonObject {
  sourceObjectName?: string;
  targetObjectName?: string;
  attributeMappings?: GraphMapping[];
}

/** Graph's `attributeMapping`. */
export interface GraphMapping extends JsonObject {
  targetAttributeName?: string;
  source?: JsonObject | null;
  defaultValue?: string | null;
  flowType?: string | null;
  matchingPriority?: unknown;
}

interface Directory extends JsonObject {
  name?: string;
  objects?: { name?: string; attributes?: { name?: string }[] }[];
}

/** Entra's own directory, by the name that every template gives it. */
const ENTRA = "Azure Active Directory";

/** Where in a schema one object's mappings are. */
export interface ObjectMappingLocation {
  rule: SynchronizationRule;
  object: ObjectMapping;
  mappings: GraphMapping[];
}

/**
 * The object mapping that is meant: by source object and, where that leaves a choice, by target object; rules that read from
 * Entra go before others. A sentence when there is not exactly one.
 */
export function findObjectMapping(
  schema: SynchronizationSchema,
  sourceObject: string,
  targetObject: string | undefined,
): ObjectMappingLocation | string {
  const all = (schema.synchronizationRules ?? []).flatMap((rule) =>
    (rule.objectMappings ?? []).map((object) => ({ rule, object, mappings: object.attributeMappings ?? [] })),
  );
  const fitting = all.filter(
    ({ object }) =>
      object.sourceObjectName === sourceObject &&
      (targetObject === undefined || object.targetObjectName === targetObject),
  );
  const fromEntra = fitting.filter(({ rule }) => rule.sourceDirectoryName === ENTRA);
  const found = fromEntra.length > 0 ? fromEntra : fitting;
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const wanted = targetObject === undefined ? `"${sourceObject}"` : `"${sourceObject}" to "${targetObject}"`;
  const list = (found.length === 0 ? all : found).map(
    ({ rule, object }) =>
      `"${object.sourceObjectName ?? ""}" to "${object.targetObjectName ?? ""}" (rule "${rule.name ?? ""}")`,
  );
  const count = found.length === 0 ? "no mapping" : `${found.length} mappings`;
  return `The job's schema has ${count} of ${wanted}; there ${list.length === 1 ? "is" : "are"} ${list.join(", ") || "none at all"}.`;
}

/** The schema with other mappings in that place; everything else is the same objects. */
export function withMappings(
  schema: SynchronizationSchema,
  place: ObjectMappingLocation,
  mappings: GraphMapping[],
): SynchronizationSchema {
  return {
    ...schema,
    synchronizationRules: (schema.synchronizationRules ?? []).map((rule) =>
      rule === place.rule
        ? {
            ...rule,
            objectMappings: (rule.objectMappings ?? []).map((object) =>
              object === place.object ? { ...object, attributeMappings: mappings } : object,
            ),
          }
        : rule,
    ),
  };
}

/**
 * The attributes that an object of one of the rule's directories has. `undefined` when the schema does not say: the service
 * finds out some directories' attributes only later.
 */
export function attributesOf(
  schema: SynchronizationSchema,
  directoryName: string | undefined,
  objectName: string | undefined,
): Set<string> | undefined {
  const directory = schema.directories?.find(({ name }) => name === directoryName);
  const attributes = directory?.objects?.find(({ name }) => name === objectName)?.attributes ?? [];
  const names = attributes.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return names.length === 0 ? undefined : new Set(names);
}
