import { z } from "zod";
import { closest } from "./closest";
import { settingsSchema, type Settings } from "./schema";

/** All that is wrong with a configuration: one line for each value, naming its key. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? "one error" : `${problems.length} errors`}; nothing was changed.\n` +
        problems.map((problem) => `  ${problem}`).join("\n"),
    );
  }
}

/**
 * Checks a whole configuration and fills in its defaults.
 * @param input the settings as a plain object, secrets in clear: no error text holds a secret's value
 * @throws ConfigurationError with everything that is wrong
 */
export function checkSettings(input: unknown): Settings {
  const result = settingsSchema.safeParse(input);
  if (result.success) return result.data;
  throw new ConfigurationError(result.error.issues.flatMap((issue) => describe(issue, input)).sort());
}

function describe(issue: z.core.$ZodIssue, input: unknown): string[] {
  const key = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.path);
    return issue.keys.map((name) => {
      const full = key === "" ? name : `${key}.${name}`;
      const guess = closest(name, known);
      const allowed = guess === undefined ? `allowed are ${known.join(", ")}` : `did you mean ${guess}?`;
      return `${full}: is not a setting; ${allowed}`;
    });
  }
  const missing = valueAt(input, issue.path) === undefined;
  if (missing && issue.code === "invalid_type" && typeof issue.path.at(-1) === "string") {
    const fields = requiredFields(issue.path);
    // A whole section that is missing: say what it needs, key by key.
    if (fields.length > 0)
      return fields.map((field) => `${key}.${field}: is missing; ${wanted([...issue.path, field])}`);
    return [`${key}: is missing; ${wanted(issue.path)}`];
  }
  return [`${key === "" ? "configuration" : key}: ${issue.message}`];
}

type Schema = z.core.$ZodType;

function schemaAt(path: readonly PropertyKey[]): Schema | undefined {
  let schema: Schema | undefined = settingsSchema;
  for (const part of path) {
    const shape = shapeOf(schema);
    schema = shape?.[String(part)];
  }
  return schema;
}

/** Through defaults and optionals, to the object below; undefined when there is none. */
function shapeOf(schema: Schema | undefined): Record<string, Schema> | undefined {
  const definition = schema?._zod.def as { shape?: Record<string, Schema>; innerType?: Schema } | undefined;
  return definition?.shape ?? (definition?.innerType === undefined ? undefined : shapeOf(definition.innerType));
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  return Object.keys(shapeOf(schemaAt(path)) ?? {});
}

function requiredFields(path: readonly PropertyKey[]): string[] {
  const shape = shapeOf(schemaAt(path)) ?? {};
  return Object.entries(shape)
    .filter(([, schema]) => !z.safeParse(schema, undefined).success)
    .map(([name]) => name);
}

function wanted(path: readonly PropertyKey[]): string {
  const described = (schemaAt(path) as { description?: string } | undefined)?.description;
  return described === undefined ? "it is required" : described.replace(/ Required\.$/, "").replace(/\.$/, "");
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
