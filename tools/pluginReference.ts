import { packageSchema } from "@smallstep-ssh/usersync/plugin";

interface ObjectSpec {
  description?: string;
  properties?: Record<string, Record<string, unknown>>;
  required?: string[];
}

const escape = (text: string) => text.replaceAll("|", "\\|");

/** Creates the pages of docs/reference from the plugin's package schema, by file name. */
export function pluginReference(): Record<string, string> {
  const schema = packageSchema;
  const inModule = <T>(things: Record<string, T>, module: string) =>
    Object.entries(things).filter(([token]) => token.split(":")[1] === module);
  const page = (module: string) =>
    [
      `# Module \`${module}\` of the plugin \`usersync\``,
      generated,
      ...inModule(schema.resources, module).map(([token, resource]) =>
        [
          `## Resource \`${nameOf(token)}\``,
          resource.description,
          "### Inputs",
          table({ properties: resource.inputProperties, required: resource.requiredInputs }),
          "### Outputs",
          "All inputs, and:",
          table({
            properties: Object.fromEntries(
              Object.entries(resource.properties).filter(([name]) => !(name in resource.inputProperties)),
            ),
          }),
        ].join("\n\n"),
      ),
      ...inModule(schema.functions, module).map(([token, called]) =>
        [
          `## Function \`${nameOf(token)}\``,
          called.description,
          "### Arguments",
          table(called.inputs),
          "### Results",
          table(called.outputs),
        ].join("\n\n"),
      ),
      ...types(inModule(schema.types, module)),
    ].join("\n\n");
  const provider = [
    "# Settings of the provider `usersync`",
    generated,
    table({ properties: schema.provider.inputProperties, required: schema.provider.requiredInputs }),
    ...types(inModule(schema.types, "index")),
  ].join("\n\n");
  return { "provider.md": provider, "entra.md": page("entra"), "smallstep.md": page("smallstep") };
}

const generated = "`npm run docs:reference` generates this page from the declarations of the plugin.";

function types(found: [string, ObjectSpec][]): string[] {
  return found.map(([token, spec]) =>
    [`## Type \`${nameOf(token)}\``, spec.description ?? "", table(spec)].join("\n\n"),
  );
}

function table({ properties = {}, required = [] }: ObjectSpec): string {
  const rows = Object.entries(properties).map(([name, spec]) => {
    const remarks = [
      ...(required.includes(name) ? ["Required."] : []),
      ...(spec["default"] === undefined ? [] : [`Default: \`${String(spec["default"])}\`.`]),
      ...(spec["replaceOnChanges"] === true ? ["A change replaces the resource."] : []),
    ];
    const type = `${typeName(spec)}${spec["secret"] === true ? ", secret" : ""}`;
    return `| \`${name}\` | ${type} | ${escape([spec["description"], ...remarks].join(" "))} |`;
  });
  return rows.length === 0 ? "None." : ["| Name | Type | Meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function typeName(spec: unknown): string {
  if (typeof spec !== "object" || spec === null) return "";
  if ("items" in spec) return `list of ${typeName(spec.items)}`;
  if ("additionalProperties" in spec) return `map of ${typeName(spec.additionalProperties)}`;
  if ("$ref" in spec) return `\`${nameOf(String(spec.$ref))}\``;
  return "type" in spec ? String(spec.type) : "";
}

function nameOf(token: string): string {
  return token.slice(token.lastIndexOf(":") + 1);
}
