import * as z from "zod";
import { visibleLines } from "entra-mappings";
import { findClosest } from "./suggestions";
import { quote } from "./quote";
import { settingsSchema, type Settings } from "./schema";

/** Every problem of a configuration, one line per value, each starting with the path of the setting. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? "one error" : `${problems.length} errors`}; nothing was changed.\n` +
        // Some problems quote the response of a service or a database.
        problems.map((problem) => `  ${visibleLines(problem)}`).join("\n"),
    );
  }
}

/**
 * Validates a whole configuration and fills in the defaults.
 * @param input the settings as a plain object with secrets in plain text; no error message holds a secret's value
 * @throws ConfigurationError with every problem
 */
export function checkSettings(input: unknown): Settings {
  const result = validateSettings(input);
  if (Array.isArray(result)) throw new ConfigurationError(result.sort());
  return result;
}

/** Returns the validated settings of one team, or one message per problem, each under the path that `keyAt` returns. */
export function validateSettings(
  input: unknown,
  keyAt: (path: readonly PropertyKey[]) => string = formatConfigPath,
): Settings | string[] {
  const result = settingsSchema.safeParse(input);
  return result.success ? result.data : result.error.issues.flatMap((issue) => describe(issue, input, keyAt));
}

/** Formats a path for errors: `oidc.redirectUris[0]`. Quotes a part that is not a plain word, so that every character is visible. */
export function formatConfigPath(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => {
    if (typeof part === "number") return `[${part}]`;
    return /^[\w-]{1,64}$/.test(String(part)) ? `.${String(part)}` : `[${quote(String(part))}]`;
  });
  return parts.join("").replace(/^\./, "");
}

/** Returns the message for an unknown setting: the most similar setting, or all allowed ones. */
export function unknownSettingMessage(key: string, name: string, known: readonly string[]): string {
  const guess = findClosest(name, known);
  const allowed = guess === undefined ? `allowed settings: ${known.join(", ")}` : `did you mean ${guess}?`;
  return `${key}: is not a setting; ${allowed}`;
}

function describe(issue: z.core.$ZodIssue, input: unknown, keyAt: (path: readonly PropertyKey[]) => string): string[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.path);
    return issue.keys.map((name) => unknownSettingMessage(keyAt([...issue.path, name]), name, known));
  }
  const missing = valueAt(input, issue.path) === undefined;
  if (missing && issue.code === "invalid_type" && typeof issue.path.at(-1) === "string") {
    const fields = requiredFields(issue.path);
    // For a missing section, list each required setting of the section.
    if (fields.length > 0)
      return fields.map((field) => {
        const path = [...issue.path, field];
        return `${keyAt(path)}: is missing; ${expectedValue(path)}`;
      });
    return [`${keyAt(issue.path)}: is missing; ${expectedValue(issue.path)}`];
  }
  const key = keyAt(issue.path);
  return [`${key === "" ? "configuration" : key}: ${sentence(issue)}`];
}

/** Returns the message after the path. Sections and keys of maps get theirs here, because the fields define none for them. */
function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type" && issue.expected === "object") {
    return `must be an object with ${knownKeys(issue.path).join(", ")}`;
  }
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => message).join("; ");
  return issue.message;
}

type Schema = z.core.$ZodType;

function schemaAt(path: readonly PropertyKey[]): Schema | undefined {
  let schema: Schema | undefined = settingsSchema;
  for (const part of path) schema = childOf(schema, String(part));
  return schema;
}

/** Returns the schema below an object's key, or below any key of a map. */
function childOf(schema: Schema | undefined, part: string): Schema | undefined {
  const definition = schema?._zod.def as { valueType?: Schema; innerType?: Schema } | undefined;
  const shape = shapeOf(schema);
  if (shape !== undefined) return Object.hasOwn(shape, part) ? shape[part] : undefined;
  return (
    definition?.valueType ?? (definition?.innerType === undefined ? undefined : childOf(definition.innerType, part))
  );
}

/** Unwraps defaults and optionals and returns the object's fields; undefined when the schema is not an object. */
function shapeOf(schema: Schema | undefined): Record<string, Schema> | undefined {
  const definition = schema?._zod.def as { shape?: Record<string, Schema>; innerType?: Schema } | undefined;
  return definition?.shape ?? (definition?.innerType === undefined ? undefined : shapeOf(definition.innerType));
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  const known = Object.keys(shapeOf(schemaAt(path)) ?? {});
  return path.length === 0 ? [...known, "teams"] : known;
}

function requiredFields(path: readonly PropertyKey[]): string[] {
  const shape = shapeOf(schemaAt(path)) ?? {};
  return Object.entries(shape)
    .filter(([, schema]) => !z.safeParse(schema, undefined).success)
    .map(([name]) => name);
}

function expectedValue(path: readonly PropertyKey[]): string {
  const described = (schemaAt(path) as { description?: string } | undefined)?.description;
  return described === undefined ? "it is required" : described.replace(/ Required\.$/, "").replace(/\.$/, "");
}

/** Returns the value at a path; undefined when there is none. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
