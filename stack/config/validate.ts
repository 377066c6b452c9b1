import * as z from "zod";
import { findClosest } from "entra-mappings";
import { formatConfigPath } from "./problems";
import { settingsSchema, stackSchema, type Settings } from "./schema";

/** Returns the validated settings of one team, or one message per problem, each under the path that `keyAt` returns. */
export function validateSettings(
  input: unknown,
  keyAt: (path: readonly PropertyKey[]) => string = formatConfigPath,
): Settings | string[] {
  const result = settingsSchema.safeParse(input);
  return result.success ? result.data : result.error.issues.flatMap((issue) => describe(issue, input, keyAt));
}

/** Returns the message for an unknown setting: the most similar setting, or all allowed ones. */
export function unknownSettingMessage(key: string, name: string, known: readonly string[]): string {
  const guess = findClosest(name, known);
  const allowed = guess === undefined ? `allowed settings: ${known.join(", ")}` : `did you mean ${guess}?`;
  return `${key}: is not a setting; ${allowed}`;
}

/** Returns the value at a path; undefined when there is none. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, part) => (isObject(value) ? value[part] : undefined), input);
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null;
}

function describe(issue: z.core.$ZodIssue, input: unknown, keyAt: (path: readonly PropertyKey[]) => string): string[] {
  const { path } = issue;
  const { properties = {}, required = [] } = schemaAt(path);
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(properties);
    return issue.keys.map((name) => unknownSettingMessage(keyAt([...path, name]), name, known));
  }
  if (issue.code === "invalid_type" && valueAt(input, path) === undefined && typeof path.at(-1) === "string") {
    // For a missing section, list each required setting of the section.
    const missing = required.map((name) => [...path, name]);
    return (missing.length > 0 ? missing : [path]).map((one) => `${keyAt(one)}: is missing; ${expectedValue(one)}`);
  }
  const key = keyAt(path);
  return [`${key === "" ? "configuration" : key}: ${sentence(issue, Object.keys(properties))}`];
}

/** Returns the message after the path. Sections and keys of maps get theirs here, because the fields define none for them. */
function sentence(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code === "invalid_type" && issue.expected === "object") return `must be an object with ${known.join(", ")}`;
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => message).join("; ");
  return issue.message;
}

function expectedValue(path: readonly PropertyKey[]): string {
  return (
    schemaAt(path)
      .description?.replace(/ Required\.$/, "")
      .replace(/\.$/, "") ?? "it is required"
  );
}

type JsonSchema = z.core.JSONSchema.BaseSchema;
let jsonSchema: JsonSchema | undefined;

/** Returns the JSON schema of a setting. Empty for a path that the schema does not know. */
function schemaAt(path: readonly PropertyKey[]): JsonSchema {
  let schema = (jsonSchema ??= z.toJSONSchema(stackSchema, { io: "input", unrepresentable: "any" }));
  for (const part of path) {
    const { properties = {}, additionalProperties } = schema;
    const child = Object.hasOwn(properties, part) ? properties[String(part)] : additionalProperties;
    schema = typeof child === "object" ? child : {};
  }
  return schema;
}
