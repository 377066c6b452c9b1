import { shellQuote } from "@smallstep-ssh/components";
import type { DiscoveredSetup } from "./discoveredSetup";
import type { Plan } from "./plan";
import type { Difference } from "./difference";

export interface Outcome {
  setup: DiscoveredSetup;
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
  importFile: string;
  /** Settings of the secrets to set: `database.password`. */
  missingSecrets: readonly string[];
  /** Tenant for ARM_TENANT_ID, from which the engine creates the import's providers. Undefined: the environment already has it. */
  tenantId: string | undefined;
}

/** Returns the commands to run after the files are written, in order. No command contains a secret. */
export function nextCommands({ stack, importFile, missingSecrets, tenantId }: Next): Command[] {
  const name = shellQuote(stack);
  const set = `pulumi config set --stack ${name} --secret --path`;
  const secrets = missingSecrets.map((path): Command => {
    if (path === "oidc.clientSecret") {
      const print = `npm run --silent adopt -- --stack ${name} --print-client-secret`;
      return { why: "keep the client secret that the CA publishes", text: `${print} | ${set} ${path}` };
    }
    return { why: "set the password of the deployment role; the command prompts for it", text: `${set} ${path}` };
  });
  const environment = tenantId === undefined ? "" : `ARM_TENANT_ID=${tenantId} `;
  const options = "--protect=false --generate-code=false";
  return [
    ...secrets,
    {
      why: "import the existing resources: reads Entra ID, and writes only the stack's state",
      text: `${environment}pulumi import --stack ${name} --file ${shellQuote(importFile)} ${options}`,
    },
    { why: "show what the first up will do", text: `pulumi preview --stack ${name} --diff` },
  ];
}

const marks: Record<Difference["kind"], string> = { attention: "!", change: "~", note: "=" };

/** Renders the outcome as text for a terminal. */
export function asText({ setup, plan, files, written, commands }: Outcome): string {
  const { application, signIn, enterpriseApp, groups, job, provisioner, team } = setup;
  const rows: [string, string][] = [
    ["app registration", `${application.displayName} (${application.id})`],
    ["its service principal", signIn?.id ?? "none"],
    ["enterprise application", `${enterpriseApp.displayName} (${enterpriseApp.id})`],
    ["groups", groups.map(({ displayName }) => displayName).join(", ")],
    ["synchronization job", job?.id ?? "none"],
    ["provisioner at the CA", provisioner?.name ?? "none"],
    ["team", `${team.slug}, directory ${team.directoryId ?? "none"}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  const differences = [...plan.differences].sort((a, b) => order(a) - order(b));
  const differenceLines =
    differences.length === 0
      ? ["The setup matches what the stack declares."]
      : [
          "Differences from what the stack declares (! decide or act, ~ the first up changes it, = it stays unchanged):",
          ...differences.flatMap(({ kind, about, found: text, upEffect }) => [
            `  ${marks[kind]} ${about}: ${text}`,
            `      up ${upEffect}`,
          ]),
        ];
  const fileLines = [files.settings, files.imports].map(
    (file) => `  ${file}${written.includes(file) ? "" : " (up to date)"}`,
  );
  return [
    `Found in tenant ${setup.tenantId}:`,
    ...lines,
    "",
    ...differenceLines,
    "",
    `Files, with ${plan.imports.length} resources to import:`,
    ...fileLines,
    "",
    "Next:",
    ...commands.flatMap(({ why, text }) => [`  # ${why}`, `  ${text}`]),
    "",
  ].join("\n");
}

/** Renders the outcome as JSON. It contains no secret. */
export function asJson({ plan, stack, files, written, commands }: Outcome): string {
  const { settings, imports, differences } = plan;
  return `${JSON.stringify({ stack, files, written, settings, imports, differences, commands: commands.map(({ text }) => text) }, null, 2)}\n`;
}

function order({ kind }: Difference): number {
  return Object.keys(marks).indexOf(kind);
}
