import { type CheckFailure, type CheckResult, type PropertyMap, UNKNOWN } from "@smallstep-ssh/usersync/host";

/** One input of a resource. Comments name the corresponding field of the official provider's Terraform schema. */
export interface Input {
  type: "string" | "boolean" | "number" | "array" | "object";
  required?: true;
  /** Value if the program sets none. */
  default?: string | number | boolean;
  /** A change replaces the resource (ForceNew). */
  replaces?: true;
  /** The service's value stays when the program sets none (Optional and Computed). */
  computed?: true;
  /** The order of elements matters (a list, not a set). */
  ordered?: true;
}

export type Inputs = Readonly<Record<string, Input>>;

/** Applies defaults to inputs and reports all problems. */
export function checkInputs(inputs: Inputs, news: PropertyMap, resource: string): CheckResult {
  const failures: CheckFailure[] = [];
  const checked: PropertyMap = {};
  for (const [property, value] of Object.entries(news)) {
    // The prefix marks metadata of Pulumi's Terraform bridge in a state that the bridge wrote.
    if (value === undefined || value === null || property.startsWith("__")) continue;
    const type = inputs[property]?.type;
    if (type === undefined) {
      failures.push({ property, reason: `is not an input that the stand-in for ${resource} supports.` });
      continue;
    }
    checked[property] = value;
    const given = Array.isArray(value) ? "array" : typeof value;
    if (value !== UNKNOWN && given !== type) failures.push({ property, reason: `must be of type ${type}.` });
  }
  for (const [property, input] of Object.entries(inputs)) {
    checked[property] ??= input.default;
    if (checked[property] === undefined && input.required) failures.push({ property, reason: "is required." });
  }
  return { inputs: checked, failures };
}

/** Returns the part of a package schema that gives the types of the provider's settings in the stack configuration. */
export function settingsSchema(name: string, version: string, settings: Inputs) {
  const types = Object.entries(settings).map(([setting, { type }]) => [
    setting,
    { type: type === "number" ? "integer" : type },
  ]);
  return { name, version, provider: { inputProperties: Object.fromEntries(types) as object } };
}
