import * as z from "zod";
import { isSecretSetting, stackSchema } from "./schema";

/** The parts of a JSON schema that the reference uses. */
interface Schema {
  type?: string;
  enum?: unknown[];
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
}

const introduction = `# Configuration

This page lists every setting. Set one with \`pulumi config set tenantId VALUE\`. For a key of a section, add \`--path\`:
\`pulumi config set --path scim.baseUrl VALUE\`. For a setting marked as secret, add \`--secret\`. The stack validates the whole configuration
before it changes anything, and rejects unknown settings. \`npm run docs:configuration\` generates this page from the schema.
`;

/** Generates the reference of all settings as Markdown, from the schema that validates them. */
export function configurationReference(): string {
  const schema = z.toJSONSchema(stackSchema, { io: "input", unrepresentable: "any" }) as Schema;
  const entries = Object.entries(schema.properties ?? {});
  const single = entries.filter(([, { properties }]) => properties === undefined);
  const sections = entries.filter(([, { properties }]) => properties !== undefined);
  return [
    introduction,
    "## Top level",
    table(single.map(([key, one]) => row(key, one, isRequired(schema, key)))),
    ...sections.flatMap(([section, whole]) => [
      `## ${section}`,
      whole.description ?? "",
      table(
        Object.entries(whole.properties ?? {}).map(([key, one]) =>
          row(`${section}.${key}`, one, isRequired(whole, key)),
        ),
      ),
    ]),
  ].join("\n\n");
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
  if (schema.type === "array") return `list of ${kind(schema.items ?? {})}`;
  if (schema.properties !== undefined)
    return shapes(schema)
      .map((shape) => `\`${shape}\``)
      .join(" or ");
  if (schema.type === "object") return "object";
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "integer") return `${String(schema.minimum)} to ${String(schema.maximum)}`;
  return schema.type === "string" ? "text" : (schema.type ?? "any");
}

/** The forms of an object: one for each alternative of its only property, else all properties in one. */
function shapes({ properties = {} }: Schema): string[] {
  const [[key, only] = ["", {} as Schema], ...others] = Object.entries(properties);
  if (others.length > 0 || only.anyOf === undefined) return [`{ ${Object.keys(properties).join(", ")} }`];
  return only.anyOf.flatMap(shapes).map((shape) => `{ ${key}: ${shape} }`);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
