import { ExpressionError, type InputValue } from "../../../mappings/expression";
import { evaluateSource } from "../synchronization/expressions";
import type {
  AttributeDefinition,
  AttributeMapping,
  ObjectMapping,
  SynchronizationSchema,
} from "../synchronization/types";
import { ObjectFailure } from "./scim-client";

/** One attribute as its mapping wants it. */
export interface DesiredValue {
  mapping: AttributeMapping;
  definition: AttributeDefinition | undefined;
  /** Null: nothing flows, and what the target holds stays. */
  value: string | string[] | null;
  /** Comes from the mapping's default, which is only used when the account is created. */
  fromDefault: boolean;
}

/** What all mappings of an object give, references (Entra ids) included. Throws ObjectFailure for a failing expression. */
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
    // Empty texts and lists flow no more than null does.
    return value === null || value.length === 0 ? null : value;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ObjectFailure(
      "AttributeMappingExpressionEvaluationFailed",
      `The mapping to ${mapping.targetAttributeName} could not be evaluated: ${error.message}`,
    );
  }
}
