import { ExpressionError, type InputValue } from "entra-mappings";

import { evaluateSource } from "../synchronization/expressions";
import type { AttributeMapping } from "../synchronization/schema";
import type { ExportContext } from "./context";
import type { Change } from "./scimBody";
import { ObjectFailure, type ScimResource } from "./scimClient";
import { parsePath, readPath } from "./scimPath";

/** Value of one target attribute according to its mapping. */
export interface DesiredValue {
  mapping: AttributeMapping;
  /** Type in the target directory definition, e.g. Boolean. */
  type: string;
  /** Null: send nothing and keep the value in the target. */
  value: string | string[] | null;
  /** The value is the default of the mapping, which applies only when the object is created. */
  fromDefault: boolean;
}

/** Evaluates all attribute mappings of an object. References are object ids of Entra ID. Throws ObjectFailure if an expression fails. */
export function desiredValues(
  { record, rule, mapping }: ExportContext,
  lookup: (name: string) => InputValue,
): DesiredValue[] {
  const definitions = record.schema.directories
    .find((one) => one.name === rule.targetDirectoryName)
    ?.objects.find((one) => one.name === mapping.targetObjectName)?.attributes;
  return mapping.attributeMappings.map((one) => {
    const value = sourceValue(one, lookup);
    const fallback = value === null && one.defaultValue ? one.defaultValue : null;
    return {
      mapping: one,
      type: definitions?.find((definition) => definition.name === one.targetAttributeName)?.type ?? "String",
      value: value ?? fallback,
      fromDefault: fallback !== null && one.source !== null,
    };
  });
}

function sourceValue({ source, targetAttributeName }: AttributeMapping, lookup: (name: string) => InputValue) {
  if (source === null) return null;
  try {
    const value = evaluateSource(source, lookup);
    // The service treats empty strings and lists like null.
    return value?.length === 0 ? null : value;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ObjectFailure(
      "AttributeMappingExpressionEvaluationFailed",
      `The mapping to ${targetAttributeName} could not be evaluated: ${error.message}`,
    );
  }
}

/** Returns the values for a new object, without references. References follow when all objects exist. */
export function valuesToCreate(values: readonly DesiredValue[]): Change[] {
  return values.flatMap(({ mapping, type, value }) => {
    if (value === null || type === "Reference") return [];
    return [{ name: mapping.targetAttributeName, value, old: null, type }];
  });
}

/** Returns the values that differ from the existing object. Omits nulls and respects the `flowType` of each mapping. */
export function valuesToUpdate(values: readonly DesiredValue[], target: ScimResource): Change[] {
  return values.flatMap(({ mapping, type, value, fromDefault }) => {
    if (value === null || fromDefault || type === "Reference") return [];
    const { flowType, targetAttributeName: name } = mapping;
    const old = readPath(target, parsePath(name));
    if (flowType === "ObjectAddOnly" || (flowType === "AttributeAddOnly" && old !== null)) return [];
    return isEqual(value, old, type) ? [] : [{ name, value, old, type }];
  });
}

function isEqual(value: string | string[], old: string | null, type: string): boolean {
  if (Array.isArray(value)) {
    const elements = JSON.parse(old ?? "[]") as { value?: string }[];
    return JSON.stringify(elements.map((one) => one.value)) === JSON.stringify(value);
  }
  return type === "Boolean" ? old?.toLowerCase() === value.toLowerCase() : old === value;
}
