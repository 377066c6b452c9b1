import { peopleModes, presets } from "entra-mappings";
import { registerSecret } from "@smallstep-ssh/usersync/output";
import { createCommand, helpLine, type CommandContext, type Subcommand } from "../common/command";
import type { CommandLine } from "../common/commandLine";
import { emails } from "../usernames/emails";
import { checkOptions, failLevels, formats, pseudonymVariable, type Given } from "../usernames/options";
import { inputFormats } from "../usernames/file";
import type { GraphDirectory } from "../usernames/run";

const epilogue = (line: CommandLine) => `
The users come from one source:
  --file     CSV with the headings of Microsoft Graph (userPrincipalName, mail, ...), such as an export of the portal or
             PowerShell, or JSON lines with one user object each; "-" reads standard input.
  --group    Microsoft Graph: direct members of the group. Entra does not provision members of nested groups; they are listed.
  --app      Microsoft Graph: users who are assigned to the enterprise application, directly or through a group.
The command uses the Microsoft Graph credentials of the azuread provider: ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET
(or ARM_USE_OIDC, ARM_USE_MSI), otherwise the Azure CLI's sign-in. Permissions: GroupMember.Read.All, User.Read.All, and
Application.Read.All for --app.

With --people counts, the report has only numbers. With --people pseudonyms, it has a pseudonym for each user and name, derived with
the key of the environment variable ${pseudonymVariable}: the stack's checks.pseudonymKey gives the pseudonyms of the stack.

Exit codes:
  0  no finding reaches the level of --fail-on
  1  at least one user has such a finding
  2  the command line or the input is invalid, or Microsoft Graph failed; standard error has the reason; there is no report

Examples:
  ${line("--group ssh --group sudo")}
  ${line("--file users.csv --preset initial-surname --compare-preset upn-local-part")}
  az ad user list -o json | jq -c '.[]' | ${line("--file - --format html --output names.html", { silent: true })}
  ${line("--app 1f0c...e9 --explain bill.gates@example.com")}
`;

/** Reports user names, collisions, and users who cannot log in. @param fromGraph for tests */
export function usernamesCommand(context: CommandContext, fromGraph: GraphDirectory = graphDirectory): Subcommand {
  const repeated = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value];
  const names = Object.keys(presets).join(", ");
  const command = createCommand("usernames", context, epilogue)
    .description(
      "Reports user names, collisions and users who cannot log in, for an Entra attribute mapping, before it is deployed.",
    )
    .option("--file <path>", 'users from a file, or "-" for standard input')
    .option(
      "--input-format <format>",
      `${inputFormats.join(" or ")} (default: from the extension, otherwise from the content)`,
    )
    .option("--group <name or id>", "users of a group; repeatable", repeated)
    .option("--app <id>", "users assigned to the service principal with this object id")
    .option("--preset <name>", `mapping of userName: ${names} (default: upn-local-part)`)
    .option("--expression <text>", "mapping of userName: an Entra expression")
    .option("--compare-preset <name>", "the current mapping: reports the users who are renamed")
    .option("--compare-expression <text>", "the same, as an expression")
    .option("--email <source>", `source of the email: ${Object.keys(emails).join(" or ")}`, "mail")
    .option("--domain <name>", "domain that the provisioner accepts; repeatable (default: not checked)", repeated)
    .option("--format <format>", formats.join(", "), "table")
    .option(
      "--list <number>",
      'maximum number of users for each kind of finding, of users without findings, and of collisions; or "all"',
      "200",
    )
    .option(
      "--explain <user>",
      "show each step of one user's name; principal name, mail or object id; repeatable",
      repeated,
    )
    .option("--people <mode>", `how to show people: ${peopleModes.join(", ")}`, "names")
    .option("--output <path>", "write the report to a file")
    .option(
      "--fail-on <level>",
      `lowest severity that makes the command exit with 1: ${failLevels.join(", ")}`,
      "error",
    );
  return {
    command,
    errorExitCode: 2,
    async run() {
      registerSecret(context.env[pseudonymVariable]);
      const options = checkOptions(command.opts<Given>(), helpLine(command), context.env);
      const { reportUsernames } = await import("../usernames/run.js");
      return reportUsernames(options, context.terminal, fromGraph);
    },
  };
}

const graphDirectory: GraphDirectory = async (options) => {
  const graph = await import("../usernames/graph.js");
  return graph.graphDirectory(options);
};
