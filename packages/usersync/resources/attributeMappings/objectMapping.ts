import { boundedList } from "entra-mappings";
import type {
  GraphMapping,
  ObjectMapping,
  SynchronizationRule,
  SynchronizationSchema,
} from "../../clients/graph/schema";

/** Name of Entra's own directory in every template. */
const ENTRA = "Azure Active Directory";

/** Location of one object's mappings in a schema. */
export interface ObjectMappingLocation {
  rule: SynchronizationRule;
  object: ObjectMapping;
  mappings: GraphMapping[];
}

/**
 * Finds the object mapping by its source object and, if several match, by its target object. Prefers rules that read
 * from Entra. Returns an error message unless exactly one matches.
 */
export function findObjectMapping(
  schema: SynchronizationSchema,
  sourceObject = "User",
  targetObject?: string,
): ObjectMappingLocation | string {
  const all = schema.synchronizationRules.flatMap((rule) =>
    rule.objectMappings.map((object) => ({ rule, object, mappings: object.attributeMappings })),
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
  return `The job's schema has ${count} of ${wanted}; there ${list.length === 1 ? "is" : "are"} ${boundedList(list).join(", ") || "none at all"}.`;
}

/** Returns a schema with other mappings at the location. Shares all other objects with the original. */
export function withMappings(
  schema: SynchronizationSchema,
  place: ObjectMappingLocation,
  mappings: GraphMapping[],
): SynchronizationSchema {
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) =>
      rule === place.rule
        ? {
            ...rule,
            objectMappings: rule.objectMappings.map((object) =>
              object === place.object ? { ...object, attributeMappings: mappings } : object,
            ),
          }
        : rule,
    ),
  };
}

/**
 * Returns the attributes of an object of a directory. `undefined` if the schema does not list them, because the service
 * discovers some attributes later.
 */
export function attributesOf(
  schema: SynchronizationSchema,
  directoryName: string | null | undefined,
  objectName: string | null | undefined,
): Set<string> | undefined {
  const directory = schema.directories?.find(({ name }) => name === directoryName);
  const attributes = directory?.objects?.find(({ name }) => name === objectName)?.attributes ?? [];
  const names = attributes.flatMap(({ name }) => name ?? []);
  return names.length === 0 ? undefined : new Set(names);
}
