import { shellQuote } from "../../components/addresses";
import type { DiscoveredSetup } from "./found";
import type { Plan } from "./plan";
import type { Difference } from "./remark";

export interface Outcome {
  found: DiscoveredSetup;
  plan: Plan;
  stack: string;
  /** Paths as the person gave them. */
  files: { settings: string; imports: string };
  /** Files that were written; the others were there with the same content. */
  written: readonly string[];
  commands: readonly Command[];
}

/** A command to type, and why. */
export interface Command {
  why: string;
  text: string;
}

export interface Next {
  stack: string;
  importFile: string;
  /** Secrets that are to be set: `database.password`. */
  missingSecrets: readonly string[];
  /** Given when the tenant is not in the environment, from which the engine makes the providers of the import. */
  tenantId: string | undefined;
}

/** What is to be done after the files are written, in order. No command holds a secret. */
export function nextCommands({ stack, importFile, missingSecrets, tenantId }: Next): Command[] {
  const name = shellQuote(stack);
  const set = `pulumi config set --stack ${name} --secret --path`;
  const secrets = missingSecrets.map((path): Command => {
    if (path === "oidc.clientSecret") {
      const print = `npm run --silent adopt -- --stack ${name} --print-client-secret`;
      return { why: "keep the client secret that the CA publishes", text: `${print} | ${set} ${path}` };
    }
    return { why: "asks for the password of the role that deploys", text: `${set} ${path}` };
  });
  const environment = tenantId === undefined ? "" : `ARM_TENANT_ID=${tenantId} `;
  const options = "--protect=false --generate-code=false";
  return [
    ...secrets,
    {
      why: "take over what is there: reads Entra ID, and writes the stack's state only",
      text: `${environment}pulumi import --stack ${name} --file ${shellQuote(importFile)} ${options}`,
    },
    { why: "see what the first up will do", text: `pulumi preview --stack ${name} --diff` },
  ];
}

const marks: Record<Difference["kind"], string> = { attention: "!", change: "~", note: "=" };

/** For people. */
export function asText({ found, plan, files, written, commands }: Outcome): string {
  const { application, signIn, enterpriseApp, groups, job, provisioner, team } = found;
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
  const remarks = [...plan.remarks].sort((a, b) => order(a) - order(b));
  const said =
    remarks.length === 0
      ? ["Nothing differs from what the stack declares."]
      : [
          "What differs from what the stack declares (! decide or act, ~ the first up changes it, = stays as it is):",
          ...remarks.flatMap(({ kind, about, found: text, upEffect }) => [
            `  ${marks[kind]} ${about}: ${text}`,
            `      up ${upEffect}`,
          ]),
        ];
  const fileLines = [files.settings, files.imports].map(
    (file) => `  ${file}${written.includes(file) ? "" : " (there already, unchanged)"}`,
  );
  return [
    `Found in tenant ${found.tenantId}:`,
    ...lines,
    "",
    ...said,
    "",
    `Written, with ${plan.imports.length} resources to import:`,
    ...fileLines,
    "",
    "Next:",
    ...commands.flatMap(({ why, text }) => [`  # ${why}`, `  ${text}`]),
    "",
  ].join("\n");
}

/** For programs. No secret is in it. */
export function asJson({ plan, stack, files, written, commands }: Outcome): string {
  const { settings, imports, remarks } = plan;
  return `${JSON.stringify({ stack, files, written, settings, imports, remarks, commands: commands.map(({ text }) => text) }, null, 2)}\n`;
}

function order({ kind }: Difference): number {
  return Object.keys(marks).indexOf(kind);
}
