import {
  type CheckFailure,
  type CheckResult,
  type PropertyMap,
  type PropertyValue,
  UNKNOWN,
} from "@smallstep-ssh/usersync/host";
import { isMap } from "./values";

export type InputType = "text" | "flag" | "number" | "texts" | "list" | "map" | "object";

/** One input of a resource. Comments name the corresponding field of the official provider's Terraform schema. */
export interface Input {
  type: InputType;
  required?: true;
  /** Value if the program sets none. */
  default?: PropertyValue;
  /** Default values for the fields of an object, or of each object in a list. */
  fields?: PropertyMap;
  /** Whether a value of the service counts as unset when the program sets none (DiffSuppressFunc). */
  isUnset?: (found: PropertyMap) => boolean;
  /** A change replaces the resource (ForceNew). */
  replaces?: true;
  /** The service's value stays when the program sets none (Optional and Computed). */
  computed?: true;
  /** The order of elements matters (a list, not a set). */
  ordered?: true;
  /**
   * Checks a known value of the correct type. Returns the problem as the end of a sentence, such as "must not be
   * empty."
   */
  check?: (value: never) => string | undefined;
}

export type Inputs = Readonly<Record<string, Input>>;

const typeNames: Record<InputType, string> = {
  text: "a string",
  flag: "true or false",
  number: "a number",
  texts: "a list of strings",
  list: "a list of objects",
  map: "a map",
  object: "an object",
};

/** Applies defaults to a resource's inputs and reports all problems. */
export function checkInputs(inputs: Inputs, news: PropertyMap, resource: string): CheckResult {
  const failures: CheckFailure[] = [];
  const checked: PropertyMap = {};
  for (const [property, value] of Object.entries(news)) {
    if (value === undefined || value === null) continue;
    const input = inputs[property];
    if (input === undefined) {
      if (property.startsWith("__")) continue; // metadata of Pulumi's Terraform bridge in a state that the bridge wrote
      failures.push({ property, reason: `is not an input that the stand-in for ${resource} supports.` });
      continue;
    }
    checked[property] = withFields(value, input.fields);
    if (value === UNKNOWN) continue;
    if (!isOf(input.type, value)) failures.push({ property, reason: `must be ${typeNames[input.type]}.` });
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
