import { resolve } from "node:path";
import {
  ExpressionError,
  minimumPseudonymKey,
  parse,
  type Expression,
  type PeopleMode,
  peopleModes,
  type PeopleWriter,
  peopleWriter,
  presets,
} from "entra-mappings";
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
  readonly people: PeopleWriter;
}

/** The parsed command line. */
export type Given = Readonly<Record<string, string | undefined>> & {
  readonly group?: string[];
  readonly domain?: string[];
  readonly explain?: string[];
};

/** Environment variable with the key of the pseudonyms. A command line is visible to other users of the machine. */
export const pseudonymVariable = "PSEUDONYM_KEY";

/** Validates the command line as a whole. @param helpLine the command line that prints the help @throws CliError that lists every problem */
export function checkOptions(given: Given, helpLine: string, env: NodeJS.ProcessEnv): Options {
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
  const people = choice("people", given["people"], peopleModes) ?? "names";
  problems.push(...peopleProblems(people, given, env[pseudonymVariable]));
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
  const { file, output } = given;
  if (file !== undefined && output !== undefined && resolve(file) === resolve(output)) {
    problems.push(`--output ${output}: is the file of --file; expected another file.`);
  }
  const source = readSource(given, inputFormat, helpLine, problems);
  const whole = mapping ?? readMapping("upn-local-part", undefined, "", problems);
  if (problems.length > 0 || !source || !whole || !format || !failOn || !email) throw new CliError(problems);
  return {
    source,
    mapping: whole,
    currentExpression,
    email,
    domains: given.domain,
    format,
    list,
    explain: given.explain ?? [],
    output: given["output"],
    failOn,
    people: peopleWriter(people, env[pseudonymVariable]),
  };
}

function peopleProblems(people: PeopleMode, { explain, format }: Given, key = ""): string[] {
  if (people === "names") return [];
  const problems: string[] = [];
  if (explain !== undefined) problems.push(`--explain shows a user's attributes; it requires --people names.`);
  if (people === "counts" && format === "csv") {
    problems.push("--format csv lists users; --people counts requires table, json, markdown or html.");
  }
  if (people === "pseudonyms" && key.length < minimumPseudonymKey) {
    problems.push(
      `--people pseudonyms: ${pseudonymVariable} must be a key of at least ${minimumPseudonymKey} characters; set it with ` +
        `\`export ${pseudonymVariable}="$(pulumi config get --path checks.pseudonymKey)"\`.`,
    );
  }
  return problems;
}

function readSource(
  { file, group, app }: Given,
  format: InputFormat | undefined,
  helpLine: string,
  problems: string[],
): Options["source"] | undefined {
  const fromGraph = [...(group === undefined ? [] : ["--group"]), ...(app === undefined ? [] : ["--app"])];
  if (file === undefined && fromGraph.length === 0) {
    problems.push(`No source of users: expected --file, --group or --app; see ${helpLine}.`);
    return undefined;
  }
  if (file !== undefined && fromGraph.length > 0) {
    problems.push(`--file cannot be combined with ${fromGraph.join(" and ")}; expected one source.`);
  }
  if (format !== undefined && file === undefined) problems.push("--input-format requires --file.");
  if (group?.includes("") === true) problems.push("--group is empty; expected a group's name or object id.");
  if (file !== undefined) return { file, format };
  return { groups: group ?? [], app };
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
