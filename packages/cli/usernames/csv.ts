import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { graphProperty, type PeopleWriter } from "entra-mappings";
import { CliError } from "../common/errors";
import { headingReader, whyNoUser } from "./attributes";
import type { Records } from "./directory";
import { longestRecord } from "./jsonLines";

interface CsvOptions {
  /** Name of the input in messages. */
  input: string;
  /** Attributes that expressions read. Their columns are required. */
  attributes: readonly string[];
  people: PeopleWriter;
}

/** A column of the file that maps to a property. */
interface Column {
  index: number;
  property: string;
}

/** Detects the delimiter from the headings. Excel writes semicolons where the comma is the decimal separator. */
function delimiterOf(start: Buffer): string {
  const [line = ""] = start.toString("utf8").split("\n", 1);
  const counts = [",", ";", "\t"].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counts.sort((a, b) => b.count - a.count)[0]?.delimiter ?? ",";
}

function readHeadings(headings: readonly string[], { input, attributes, people }: CsvOptions): Column[] {
  const propertyOf = headingReader(attributes);
  const columns = headings.flatMap((heading, index) => {
    const property = propertyOf(heading);
    return property === undefined ? [] : [{ index, property }];
  });
  const problems: string[] = [];
  const present = new Set<string>();
  for (const { property } of columns) {
    if (present.has(property)) problems.push(`${input} has the column ${property} twice.`);
    present.add(property);
  }
  // A file without headings starts with a user.
  const shown = people.quote(
    truncate(headings.map((heading) => heading.trim()).join(", ")),
    "names that are not shown",
  );
  if (!present.has("userPrincipalName") && !present.has("id")) {
    problems.push(`${input} has no column userPrincipalName; the first line has ${shown || "no headings"}.`);
  } else {
    for (const name of attributes) {
      // Optional: an account without accountEnabled counts as enabled.
      if (present.has(name) || present.has(graphProperty(name)) || graphProperty(name) === "accountEnabled") continue;
      problems.push(`${input} has no column ${graphProperty(name)}, which the report needs; its columns are ${shown}.`);
    }
  }
  if (problems.length > 0) throw new CliError(problems);
  return columns;
}

/** Truncates a text to 300 characters. The first line of a file in another format can have any length. */
function truncate(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)} ...` : text;
}

function readField(property: string, text: string): string | boolean | null {
  if (text === "") return null;
  if (property !== "accountEnabled") return text;
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : text;
}

/**
 * Reads users from CSV (RFC 4180, also with semicolons or tabs), as Entra's portal and PowerShell export it.
 * @param start the first bytes of the file, for the detection of the delimiter
 * @throws CliError if the headings or the quotes are invalid
 */
export async function readCsv(
  chunks: AsyncIterable<Buffer>,
  start: Buffer,
  options: CsvOptions,
  records: Records,
): Promise<void> {
  let width: number | undefined;
  let columns: Column[] = [];
  const take = (fields: readonly string[], lines: number): void => {
    if (width === undefined) {
      // PowerShell 5 writes a #TYPE line before the headings.
      if (lines === 1 && fields[0]?.startsWith("#TYPE ") === true) return;
      width = fields.length;
      columns = readHeadings(fields, options);
      return;
    }
    const user: Record<string, unknown> = {};
    for (const { index, property } of columns) user[property] = readField(property, fields[index] ?? "");
    const why =
      fields.length === width ? whyNoUser(user) : `${fields.length} fields, but the first line has ${width} headings.`;
    if (why === undefined) records.person(user);
    // The line on which the record starts.
    else records.problem(lines - fields.reduce((sum, field) => sum + field.split("\n").length - 1, 0), why);
  };
  const parser = parse({
    delimiter: delimiterOf(start),
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRecord,
    on_record(fields: string[], { lines }) {
      take(fields, lines);
      // The stream itself passes on nothing.
      return null;
    },
  });
  parser.resume();
  try {
    await pipeline(chunks, parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const message = error.message.replace(/ at line \d+/, "").replace(/\.$/, "");
    const reason = options.people.quote(message, "is not valid CSV");
    throw new CliError([`${options.input}, line ${String(error["lines"] ?? 1)}: ${reason}.`]);
  }
  if (width === undefined) readHeadings([], options);
}
