import type { DesiredValue } from "./desired";
import type { Change } from "./scimBody";
import { parsePath, readPath } from "./scimPath";
import type { ScimResource } from "./scimClient";

/** Returns the values for a new object, without references. References follow when all objects exist. */
export function valuesToCreate(values: readonly DesiredValue[]): Change[] {
  return values.flatMap((one) => {
    if (one.value === null || isReference(one)) return [];
    return [change(one, one.value, null)];
  });
}

/** Returns the values that differ from the existing object. Omits nulls and respects the `flowType` of each mapping. */
export function valuesToUpdate(values: readonly DesiredValue[], target: ScimResource): Change[] {
  return values.flatMap((one) => {
    if (one.value === null || one.fromDefault || isReference(one)) return [];
    const old = readPath(target, parsePath(one.mapping.targetAttributeName));
    const { flowType } = one.mapping;
    if (flowType === "ObjectAddOnly" || (flowType === "AttributeAddOnly" && old !== null)) return [];
    return isEqual(one, old) ? [] : [change(one, one.value, old)];
  });
}

function isEqual({ value, definition }: DesiredValue, old: string | null): boolean {
  if (Array.isArray(value)) {
    const values = JSON.parse(old ?? "[]") as { value?: string }[];
    return JSON.stringify(values.map((one) => one.value)) === JSON.stringify(value);
  }
  if (definition?.type === "Boolean") return old?.toLowerCase() === value?.toLowerCase();
  return old === value;
}

export function isReference(value: DesiredValue): boolean {
  return value.definition?.type === "Reference";
}

function change({ mapping, definition }: DesiredValue, value: string | string[], old: string | null): Change {
  return { name: mapping.targetAttributeName, value, old, type: definition?.type ?? "String" };
}
