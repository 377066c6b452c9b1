import type { CheckFailure, CheckResult, PropertyMap, PropertyValue } from "../../../provider/host";
import { UNKNOWN } from "../../../provider/host";
import { isMap } from "./values";

export type InputType = "text" | "flag" | "number" | "texts" | "list" | "map" | "object";

/** One input of a resource, in the terms of the official provider's Terraform schema. */
export interface Input {
  type: InputType;
  required?: true;
  /** Filled in when the program does not say. */
  default?: PropertyValue;
  /** Defaults of the fields of an object, or of each object in a list. */
  fields?: PropertyMap;
  /** What of the service's counts as nothing when the program says nothing (DiffSuppressFunc). */
  isUnset?: (found: PropertyMap) => boolean;
  /** A change replaces the resource (ForceNew). */
  replaces?: true;
  /** What the service chose stays when the program does not say (Optional and Computed). */
  computed?: true;
  /** The order of elements means something (a list, not a set). */
  ordered?: true;
  /** Further checks of a known value of the right type: what is wrong, as the end of a sentence. */
  check?: (value: never) => string | undefined;
}

export type Inputs = Readonly<Record<string, Input>>;

const words: Record<InputType, string> = {
  text: "text",
  flag: "true or false",
  number: "a number",
  texts: "a list of texts",
  list: "a list of objects",
  map: "a map",
  object: "an object",
};

/** Defaults, and all that is wrong with a resource's inputs. */
export function checkInputs(inputs: Inputs, news: PropertyMap, what: string): CheckResult {
  const failures: CheckFailure[] = [];
  const checked: PropertyMap = {};
  for (const [property, value] of Object.entries(news)) {
    if (value === undefined || value === null) continue;
    const input = inputs[property];
    if (input === undefined) {
      if (property.startsWith("__")) continue; // notes of Pulumi's Terraform bridge, in a state that it has written
      failures.push({ property, reason: `the sandbox's stand-in of ${what} has no such input.` });
      continue;
    }
    checked[property] = withFields(value, input.fields);
    if (value === UNKNOWN) continue;
    if (!isOf(input.type, value)) failures.push({ property, reason: `must be ${words[input.type]}.` });
    else {
      const reason = input.check?.(value as never);
      if (reason !== undefined) failures.push({ property, reason });
    }
  }
  for (const [property, input] of Object.entries(inputs)) {
    if (checked[property] !== undefined) continue;
    if (input.default !== undefined) checked[property] = input.default;
    else if (input.required) failures.push({ property, reason: "is required." });
  }
  return { inputs: checked, failures };
}

function withFields(value: PropertyValue, fields: PropertyMap | undefined): PropertyValue {
  if (fields === undefined) return value;
  if (Array.isArray(value)) return value.map((one) => withFields(one, fields));
  return isMap(value) ? { ...fields, ...value } : value;
}

function isOf(type: InputType, value: PropertyValue): boolean {
  switch (type) {
    case "text":
      return typeof value === "string";
    case "flag":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number";
    case "texts":
      return Array.isArray(value) && value.every((one) => typeof one === "string" || one === UNKNOWN);
    case "list":
      return Array.isArray(value) && value.every((one) => isMap(one) || one === UNKNOWN);
    case "map":
    case "object":
      return isMap(value);
  }
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isGuid = (value: string): string | undefined =>
  guid.test(value) ? undefined : `"${value}" is not a GUID.`;

export const areGuids = (values: readonly PropertyValue[]): string | undefined => {
  const wrong = values.filter((value) => typeof value === "string" && !guid.test(value));
  return wrong.length === 0 ? undefined : `${wrong.map((one) => `"${String(one)}"`).join(", ")}: not a GUID.`;
};

export const isNotEmpty = (value: string): string | undefined =>
  value.trim() === "" ? "must not be empty." : undefined;
