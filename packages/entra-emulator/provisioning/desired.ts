import { ExpressionError, type InputValue } from "entra-mappings";
import { evaluateSource } from "../synchronization/expressions";
import type {
  AttributeDefinition,
  AttributeMapping,
  ObjectMapping,
  SynchronizationSchema,
} from "../synchronization/types";
import { ObjectFailure } from "./scimClient";

/** Value of one target attribute according to its mapping. */
export interface DesiredValue {
  mapping: AttributeMapping;
  definition: AttributeDefinition | undefined;
  /** Null: send nothing and keep the value in the target. */
  value: string | string[] | null;
  /** The value is the default of the mapping, which applies only when the object is created. */
  fromDefault: boolean;
}

/** Evaluates all attribute mappings of an object. References are object ids of Entra ID. Throws ObjectFailure if an expression fails. */
export function desiredValues(
  schema: SynchronizationSchema,
  mapping: ObjectMapping,
  targetDirectory: string,
  lookup: (name: string) => InputValue,
): DesiredValue[] {
  const definitions = schema.directories
    .find((one) => one.name === targetDirectory)
    ?.objects.find((one) => one.name === mapping.targetObjectName)?.attributes;
  return mapping.attributeMappings.map((one) => {
    const value = sourceValue(one, lookup);
    const fallback = value === null && one.defaultValue !== null && one.defaultValue !== "" ? one.defaultValue : null;
    return {
      mapping: one,
      definition: definitions?.find((definition) => definition.name === one.targetAttributeName),
      value: value ?? fallback,
      fromDefault: value === null && fallback !== null && one.source !== null,
    };
  });
}

function sourceValue(mapping: AttributeMapping, lookup: (name: string) => InputValue): string | string[] | null {
  if (mapping.source === null || mapping.source === undefined) return null;
  try {
    const value = evaluateSource(mapping.source, lookup);
    // The service treats empty strings and lists like null.
    return value === null || value.length === 0 ? null : value;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ObjectFailure(
      "AttributeMappingExpressionEvaluationFailed",
      `The mapping to ${mapping.targetAttributeName} could not be evaluated: ${error.message}`,
    );
  }
}
