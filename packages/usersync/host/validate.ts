import * as z from "zod/mini";

import { formatPath } from "./paths";
import { definitionOf, type Shape, type Values } from "./properties";
import {
  type CheckFailure,
  type CheckResult,
  type PropertyMap,
  type PropertyValue,
  InputErrors,
  isMap,
  UNKNOWN,
} from "./types";

/** Fills in defaults and returns all failures. Unknown values pass, wherever they occur. */
export function checkInputs(shape: Shape, given: PropertyMap): CheckResult {
  const inputs = objectWithDefaults(shape, given);
  const { error } = z.safeParse(z.strictObject(shape), inputs, { error: reasonOf });
  return { inputs, failures: (error?.issues ?? []).flatMap((issue) => failuresOf(issue, inputs)) };
}

/** Returns known values with their defaults, and all failures. The values have the type only without failures. */
export function checkValues<S extends Shape>(shape: S, given: object): { values: Values<S>; failures: CheckFailure[] } {
  const { inputs, failures } = checkInputs(shape, given as PropertyMap);
  return { values: inputs as Values<S>, failures };
}

/** Returns known values with their defaults. @throws InputErrors with all failures */
export function parseValues<S extends Shape>(shape: S, given: object): Values<S> {
  const { values, failures } = checkValues(shape, given);
  if (failures.length > 0) throw new InputErrors(failures);
  return values;
}

/**
 * Creates a check across the properties of an object or record. `report` takes a path inside the object. Unlike a
 * refinement, the check also runs if single properties are invalid, so that all failures are reported together.
 */
export function crossCheck(
  check: (value: PropertyMap, report: (path: (string | number)[], reason: string) => void) => void,
): z.core.$ZodCheck<object> {
  return z.superRefine<object>(
    (value, ctx) => {
      if (!isMap(value)) return;
      check(value, (path, message) => ctx.addIssue({ code: "custom", path, message, input: value }));
    },
    { when: () => true },
  );
}

export const httpsUrl = z.string().check(
  z.refine((url) => URL.canParse(url) && new URL(url).protocol === "https:", {
    error: ({ input }) => `${JSON.stringify(input)} is not an https:// URL.`,
  }),
);

// An absent property is null or undefined. Zod itself fills in defaults only if all values are valid.
function withDefaults(schema: z.core.$ZodType, value: PropertyValue | undefined): PropertyValue | undefined {
  const def = definitionOf(schema);
  if (def.type === "default" && value == null) return withDefaults(def.innerType, def.defaultValue as PropertyValue);
  if (def.type === "default" || def.type === "optional") return withDefaults(def.innerType, value ?? undefined);
  if (!isMap(value)) return value ?? undefined;
  if (def.type === "object") return objectWithDefaults(def.shape, value);
  if (def.type !== "record") return value;
  return present(Object.entries(value).map(([name, entry]) => [name, withDefaults(def.valueType, entry)]));
}

function objectWithDefaults(shape: Shape, given: PropertyMap): PropertyMap {
  const names = new Set([...Object.keys(given), ...Object.keys(shape)]);
  return present(
    [...names].map((name) => {
      const schema = shape[name];
      return [name, schema === undefined ? given[name] : withDefaults(schema, given[name])];
    }),
  );
}

function present(entries: [string, PropertyValue | undefined][]): PropertyMap {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function failuresOf(issue: z.core.$ZodIssue, inputs: PropertyMap): CheckFailure[] {
  const path = issue.path.map((segment) => (typeof segment === "number" ? segment : String(segment)));
  if (isUnknown(inputs, path)) return [];
  const names = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
  // A message quotes values in JSON, so a line break is its own: it shows a position in an expression.
  const [first = "", ...rest] = issue.message.split("\n");
  return names.map((name) => ({
    property: formatPath(name === undefined ? path : [...path, name]),
    reason: rest.length === 0 ? first : [first, ...rest],
  }));
}

function isUnknown(inputs: PropertyMap, path: readonly (string | number)[]): boolean {
  let value: PropertyValue | undefined = inputs;
  for (const segment of path) {
    if (value === UNKNOWN) return true;
    value = Array.isArray(value) ? value[Number(segment)] : isMap(value) ? value[segment] : undefined;
  }
  return value === UNKNOWN;
}

/** Formats the reason of an issue unless the schema states its own. Shows no value, because it may be secret. */
function reasonOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === "unrecognized_keys") return `is not a property here; allowed are ${allowedNames(issue.inst)}.`;
  if (issue.input === undefined) return "is required.";
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}.`;
  if (issue.code === "too_small" && issue.origin === "string") return "must not be empty.";
  if (issue.code !== "invalid_type") return "is invalid.";
  return `must be ${typeNames[issue.expected] ?? issue.expected}.`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "an object",
  record: "an object",
};

function allowedNames(inst: z.core.$ZodRawIssue["inst"]): string {
  const def = inst !== undefined && "~standard" in inst ? definitionOf(inst) : undefined;
  return def?.type === "object" ? Object.keys(def.shape).join(", ") : "none";
}
