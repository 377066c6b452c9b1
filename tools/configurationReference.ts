import * as z from "zod";
import { isSecretSetting, stackSchema } from "@smallstep-ssh/stack";

type Schema = z.core.JSONSchema.JSONSchema;

const introduction = `# Configuration

This page lists every setting. Set one with \`pulumi config set tenantId VALUE\`. For a key of a section, add \`--path\`:
\`pulumi config set --path scim.baseUrl VALUE\`. For a setting marked as secret, add \`--secret\`. The stack validates the whole configuration
before it changes anything, and rejects unknown settings and secrets in plain text. \`npm run docs:configuration\` generates this page from the schema.
`;

/** Generates the reference of all settings as Markdown, from the schema that validates them. */
export function configurationReference(): string {
  const schema = z.toJSONSchema(stackSchema, { io: "input", unrepresentable: "any" });
  const entries = propertiesOf(schema);
  const single = entries.filter(([, { properties }]) => properties === undefined);
  const sections = entries.filter(([, { properties }]) => properties !== undefined);
  return [
    introduction,
    "## Top level",
    table(single.map(([key, one]) => row(key, one, isRequired(schema, key)))),
    ...sections.flatMap(([section, whole]) => [
      `## ${section}`,
      whole.description ?? "",
      table(propertiesOf(whole).map(([key, one]) => row(`${section}.${key}`, one, isRequired(whole, key)))),
    ]),
  ].join("\n\n");
}

function propertiesOf({ properties = {} }: Schema): [string, Schema][] {
  return Object.entries(properties).map(([key, one]) => [key, schemaOf(one)]);
}

/** A schema of any value is a boolean. */
function schemaOf(schema: Schema["items"]): Schema {
  return typeof schema === "object" && !Array.isArray(schema) ? schema : {};
}

function isRequired(parent: Schema, key: string): boolean {
  return parent.required?.includes(key) ?? false;
}

function table(rows: readonly string[]): string {
  return ["| setting | value | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function row(key: string, schema: Schema, required: boolean): string {
  const kept = schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
  const fallback = required ? "required" : kept;
  const secret = isSecretSetting(key) ? ", secret" : "";
  const meaning = (schema.description ?? "").replace(/ Required\.$/, "");
  return `| \`${key}\` | ${cell(kind(schema) + secret)} | ${cell(fallback)} | ${cell(meaning)} |`;
}

/** Describes the values that a setting accepts. */
function kind(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${String(one)}\``).join(", ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(kind).join(" or ");
  if (schema.type === "array") return `list of ${kind(schemaOf(schema.items))}`;
  if (schema.properties !== undefined)
    return shapes(schema)
      .map((shape) => `\`${shape}\``)
      .join(" or ");
  if (schema.type === "object") return "object";
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "integer") return `${String(schema.minimum)} to ${String(schema.maximum)}`;
  return schema.type === "string" ? "text" : String(schema.type ?? "any");
}

/** The forms of an object: one for each alternative of its only property, else all properties in one. */
function shapes(schema: Schema): string[] {
  const properties = propertiesOf(schema);
  const [first] = properties;
  if (first === undefined || properties.length > 1 || first[1].anyOf === undefined) {
    return [`{ ${properties.map(([key]) => key).join(", ")} }`];
  }
  return first[1].anyOf.flatMap(shapes).map((shape) => `{ ${first[0]}: ${shape} }`);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
