import { Command } from "commander";
import { ExpressionError, parse, type Expression, presets } from "entra-mappings";
import { parseCommand } from "../common/command";
import { emails, type EmailSource } from "./emails";
import { CliError } from "../common/errors";
import { inputFormats, type InputFormat } from "./file";

export const formats = ["table", "json", "csv", "markdown", "html"] as const;
export type Format = (typeof formats)[number];
export const failLevels = ["error", "warn", "never"] as const;
export type FailOn = (typeof failLevels)[number];

/** A mapping with its label in the report. */
export interface Mapping {
  readonly tree: Expression;
  /** The text of the expression. A preset's name comes first. */
  readonly label: string;
}

export interface Options {
  readonly source: { file: string; format?: InputFormat } | { groups: readonly string[]; app?: string };
  readonly mapping: Mapping;
  readonly currentExpression?: Mapping;
  readonly email: EmailSource;
  readonly domains?: readonly string[];
  readonly format: Format;
  /** Maximum number of users listed for each kind of finding. Infinity: list all. */
  readonly list: number;
  readonly explain: readonly string[];
  readonly output?: string;
  readonly failOn: FailOn;
}

const epilogue = `
The users come from one source:
  --file     CSV with the headings of Microsoft Graph (userPrincipalName, mail, ...), such as an export of the portal or
             PowerShell, or JSON lines with one user object each; "-" reads standard input.
  --group    Microsoft Graph: direct members of the group. Entra does not provision members of nested groups; they are listed.
  --app      Microsoft Graph: users who are assigned to the enterprise application, directly or through a group.
The command uses the Microsoft Graph credentials of the azuread provider: ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET
(or ARM_USE_OIDC, ARM_USE_MSI), otherwise the Azure CLI's sign-in. Permissions: GroupMember.Read.All, User.Read.All, and
Application.Read.All for --app.

Exit codes:
  0  no finding reaches the level of --fail-on
  1  at least one user has such a finding
  2  the command line or the input is invalid, or Microsoft Graph failed; standard error has the reason; there is no report

Examples:
  npm run usernames -- --group ssh --group sudo
  npm run usernames -- --file users.csv --preset initial-surname --compare-preset upn-local-part
  az ad user list -o json | jq -c '.[]' | npm run --silent usernames -- --file - --format html --output names.html
  npm run usernames -- --app 1f0c...e9 --explain bill.gates@example.com
`;

function command(): Command {
  const repeated = (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value];
  const names = Object.keys(presets).join(", ");
  return new Command("usernames")
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
      'maximum number of users listed for each kind of finding, and without findings; or "all"',
      "200",
    )
    .option(
      "--explain <user>",
      "show each step of one user's name; principal name, mail or object id; repeatable",
      repeated,
    )
    .option("--output <path>", "write the report to a file")
    .option(
      "--fail-on <level>",
      `lowest severity that makes the command exit with 1: ${failLevels.join(", ")}`,
      "error",
    )
    .addHelpText("after", epilogue);
}

/** Reads and validates the command line as a whole. @throws HelpRequested, CliError that lists every problem */
export function readOptions(argv: readonly string[]): Options {
  const program = command();
  parseCommand(program, argv);
  return check(program.opts());
}

type Given = Readonly<Record<string, string | undefined>> & {
  readonly group?: string[];
  readonly domain?: string[];
  readonly explain?: string[];
};

function check(given: Given): Options {
  const problems: string[] = [];
  const choice = <T extends string>(name: string, value: string | undefined, allowed: readonly T[]): T | undefined => {
    const found = allowed.find((one) => one === value);
    if (value !== undefined && found === undefined) {
      problems.push(`--${name} ${value}: expected one of ${allowed.join(", ")}.`);
    }
    return found;
  };
  const format = choice("format", given["format"], formats);
  const failOn = choice("fail-on", given["failOn"], failLevels);
  const email = choice("email", given["email"], Object.keys(emails) as EmailSource[]);
  const inputFormat = choice("input-format", given["inputFormat"], inputFormats);
  const mapping = readMapping(given["preset"], given["expression"], "", problems);
  const currentExpression = readMapping(given["comparePreset"], given["compareExpression"], "compare-", problems);
  const list = given["list"] === "all" ? Infinity : Number(given["list"]);
  if (given["list"] === "" || !(list === Infinity || (Number.isInteger(list) && list >= 0))) {
    problems.push(`--list ${given["list"] ?? ""}: expected a whole number of at least 0, or all.`);
  }
  if (given.explain !== undefined && format !== undefined && format !== "table" && format !== "json") {
    problems.push(`--explain does not support --format ${format}; expected table or json.`);
  }
  const source = readSource(given, inputFormat, problems);
  const whole = mapping ?? readMapping("upn-local-part", undefined, "", problems);
  if (problems.length > 0 || !source || !whole || !format || !failOn || !email) throw new CliError(problems);
  return {
    source,
    mapping: whole,
    ...(currentExpression === undefined ? {} : { currentExpression }),
    email,
    ...(given.domain === undefined ? {} : { domains: given.domain }),
    format,
    list,
    explain: given.explain ?? [],
    ...(given["output"] === undefined ? {} : { output: given["output"] }),
    failOn,
  };
}

function readSource(
  { file, group, app }: Given,
  format: InputFormat | undefined,
  problems: string[],
): Options["source"] | undefined {
  const fromGraph = [...(group === undefined ? [] : ["--group"]), ...(app === undefined ? [] : ["--app"])];
  if (file === undefined && fromGraph.length === 0) {
    problems.push("No source of users: expected --file, --group or --app; see --help.");
    return undefined;
  }
  if (file !== undefined && fromGraph.length > 0) {
    problems.push(`--file cannot be combined with ${fromGraph.join(" and ")}; expected one source.`);
  }
  if (format !== undefined && file === undefined) problems.push("--input-format requires --file.");
  if (group?.includes("") === true) problems.push("--group is empty; expected a group's name or object id.");
  if (file !== undefined) return { file, ...(format === undefined ? {} : { format }) };
  return { groups: group ?? [], ...(app === undefined ? {} : { app }) };
}

function readMapping(
  preset: string | undefined,
  expression: string | undefined,
  prefix: "" | "compare-",
  problems: string[],
): Mapping | undefined {
  if (preset !== undefined && expression !== undefined) {
    problems.push(`--${prefix}preset and --${prefix}expression exclude each other; expected one of them.`);
    return undefined;
  }
  if (preset !== undefined) {
    const found = Object.entries(presets).find(([name]) => name === preset);
    if (found === undefined) {
      problems.push(`--${prefix}preset ${preset}: expected one of ${Object.keys(presets).join(", ")}.`);
      return undefined;
    }
    return { tree: parse(found[1].expression), label: `${preset}: ${found[1].expression}` };
  }
  if (expression === undefined) return undefined;
  try {
    return { tree: parse(expression), label: expression };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    problems.push(`--${prefix}expression: ${error.toString()}`);
    return undefined;
  }
}
