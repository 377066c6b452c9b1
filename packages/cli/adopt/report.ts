import path from "node:path";
import { shellQuote } from "@smallstep-ssh/components";
import { oneLine } from "@smallstep-ssh/usersync/output";
import type { Plan } from "./plan";
import type { Difference } from "./parts/part";

export interface Outcome {
  plan: Plan;
  stack: string;
  /** Paths relative to the working directory, as on the command line. */
  files: { settings: string; imports: string };
  /** Written files. The others already had the same content. */
  written: readonly string[];
  commands: readonly Command[];
}

/** A command that the user runs next, and its purpose. */
export interface Command {
  why: string;
  text: string;
}

export interface Next {
  stack: string;
  /** The folder of both files. */
  output: string;
  importFile: string;
  /** Name of the provisioner whose client secret is kept. Undefined: a new one is created. */
  keepSecretOf: string | undefined;
  /** Settings of the secrets that the stack's file has: `database.password`. */
  secrets: readonly string[];
  /** Tenant for ARM_TENANT_ID, from which the engine creates the import's providers. Undefined: the environment already has it. */
  tenantId: string | undefined;
}

/** Returns the commands to run after the files are written, in order. No command contains a secret. */
export function nextCommands({ stack, output, importFile, keepSecretOf, secrets, tenantId }: Next): Command[] {
  const name = shellQuote(stack);
  // Without the option, pulumi uses the file in the project's folder.
  const file = output === "." ? "" : ` --config-file ${shellQuote(path.join(output, `Pulumi.${stack}.yaml`))}`;
  const set = `pulumi config set --stack ${name}${file} --secret --path`;
  const commands: Command[] = [
    { why: "select the stack; create it if it does not exist", text: `pulumi stack select --create ${name}` },
  ];
  if (!secrets.includes("database.password")) {
    const why = "set the password of the deployment role; the command prompts for it";
    commands.push({ why, text: `${set} database.password` });
  }
  if (keepSecretOf !== undefined && !secrets.includes("oidc.clientSecret")) {
    const folder = output === "." ? "" : ` --output ${shellQuote(output)}`;
    const provisioner = `--provisioner ${shellQuote(keepSecretOf)}`;
    const print = `npm run --silent adopt -- --stack ${name}${folder} ${provisioner} --print-client-secret`;
    commands.push({
      why: "keep the client secret that the CA publishes",
      // With a plain pipe, pulumi stores an empty secret if the first command fails.
      text: `secret="$(${print})" && printf %s "$secret" | ${set} oidc.clientSecret`,
    });
  }
  const environment = tenantId === undefined ? "" : `ARM_TENANT_ID=${tenantId} `;
  const options = "--protect=false --generate-code=false";
  commands.push(
    {
      why: "import the existing resources: reads Entra ID, and writes only the stack's state",
      text: `${environment}pulumi import --stack ${name}${file} --file ${shellQuote(importFile)} ${options}`,
    },
    { why: "show what the first up will do", text: `pulumi preview --stack ${name}${file} --diff` },
  );
  return commands;
}

const marks: Readonly<Record<Difference["kind"], string>> = { attention: "!", change: "~", note: "=" };

/** Renders the outcome as text for a terminal. */
export function asText({ plan, files, written, commands }: Outcome): string {
  const { found, differences, imports, settings } = plan;
  const width = Math.max(...found.map(([label]) => label.length));
  const order = Object.keys(marks);
  const sorted = [...differences].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return [
    oneLine`Found in tenant ${settings.tenantId}:`,
    ...found.map(([label, value]) => oneLine`  ${label.padEnd(width)}  ${value}`),
    "",
    sorted.length === 0
      ? "The setup matches what the stack declares."
      : "Differences from what the stack declares (! decide or act, ~ the first up changes it, = it stays unchanged):",
    ...sorted.flatMap(({ kind, about, found: text, upEffect }) => [
      oneLine`  ${marks[kind]} ${about}: ${text}`,
      oneLine`      up ${upEffect}`,
    ]),
    "",
    `Files, with ${imports.length} resources to import:`,
    ...Object.values(files).map((file) => `  ${file}${written.includes(file) ? "" : " (up to date)"}`),
    "",
    "Next:",
    ...commands.flatMap(({ why, text }) => [`  # ${why}`, oneLine`  ${text}`]),
    "",
  ].join("\n");
}

/** Renders the outcome as JSON. It contains no secret. */
export function asJson({ plan, stack, files, written, commands }: Outcome): string {
  const { settings, imports, differences } = plan;
  const texts = commands.map(({ text }) => text);
  return `${JSON.stringify({ stack, files, written, settings, imports, differences, commands: texts }, null, 2)}\n`;
}
