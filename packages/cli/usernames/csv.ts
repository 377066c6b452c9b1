import { CsvError, parse } from "csv-parse/sync";
import { graphProperty } from "entra-mappings";
import { asUser, headingReader, whyNoUser } from "./attributes";
import { CliError } from "../common/errors";
import { plainFields } from "./csvFields";
import { ParseError, type Records } from "./records";

export interface ListOptions {
  /** Name of the input in messages. */
  input: string;
  /** Attributes that expressions read. Their columns are required. */
  attributes: readonly string[];
}

/** The layout of a CSV file. Plain data, so that it can be sent to another thread. */
export interface CsvLayout {
  delimiter: string;
  /** Number of fields in each record. */
  width: number;
  columns: readonly Column[];
}

const newline = 10;
const carriageReturn = 13;
/** Record delimiters in order of precedence. */
const record_delimiter = ["\r\n", "\n", "\r"];

interface Parsed {
  record: string[];
  info: { lines: number; bytes: number };
}

/** Detects the delimiter from the headings. Excel writes semicolons where the comma is the decimal separator. */
function delimiterOf(bytes: Buffer): string {
  const line = bytes.toString("utf8", 0, bytes.indexOf(newline) + 1 || bytes.length);
  const counts = [",", ";", "\t"].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counts.sort((a, b) => b.count - a.count)[0]?.delimiter ?? ",";
}

/** A column of the file that maps to a property. */
export interface Column {
  index: number;
  property: string;
}

function readHeadings(headings: readonly string[], { input, attributes }: ListOptions): Column[] {
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
  const shown = truncate(headings.map((heading) => heading.trim()).join(", "));
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

/** Reads the headings of a CSV file. `lines` and `end` are their number of lines and bytes. @throws CliError if they are invalid */
export function readCsvLayout(bytes: Buffer, options: ListOptions): { layout: CsvLayout; lines: number; end: number } {
  const delimiter = delimiterOf(bytes);
  const records = byLibrary(bytes, delimiter, { to: 2 }, (error) => {
    throw new CliError([`${options.input}, line ${error.line}: ${error.reason}.`]);
  });
  // PowerShell 5 writes a #TYPE line before the headings.
  const first = records[0]?.record[0]?.startsWith("#TYPE ") === true ? records[1] : records[0];
  const record = first?.record ?? [];
  const layout = { delimiter, width: record.length, columns: readHeadings(record, options) };
  return { layout, lines: first?.info.lines ?? 0, end: first?.info.bytes ?? bytes.length };
}

/**
 * Reads the records after the headings of CSV (RFC 4180, also with semicolons or tabs), as Entra's portal and PowerShell export it.
 * @returns the number of lines
 * @throws ParseError if the quotes are invalid
 */
export function readCsv(bytes: Buffer, { delimiter, width, columns }: CsvLayout, records: Records): number {
  const take = (fields: readonly string[], line: number): void => {
    if (fields.length !== width) {
      records.problem(line, `${fields.length} fields, but the first line has ${width} headings.`);
      return;
    }
    const user: Record<string, unknown> = {};
    for (const { index, property } of columns) user[property] = readField(property, fields[index] as string);
    const why = whyNoUser(user);
    if (why === undefined) records.person(asUser(user));
    else records.problem(line, why);
  };
  let lines = 0;
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(newline, from);
    const end = found < 0 ? bytes.length : found;
    const last = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
    if (last > from) {
      const fields = plainFields(bytes.toString("utf8", from, last), delimiter);
      if (fields === undefined) return lines + readOthers(bytes.subarray(from), delimiter, lines, take);
      take(fields, lines + 1);
    }
    lines++;
    from = end + 1;
  }
  return lines;
}

/** Reads the remaining records with the library: fields can contain line breaks, and quotes can be invalid. */
function readOthers(
  bytes: Buffer,
  delimiter: string,
  before: number,
  take: (fields: readonly string[], line: number) => void,
): number {
  const records = byLibrary(bytes, delimiter, {}, (error) => {
    throw new ParseError(before + error.line, error.reason);
  });
  let lines = 0;
  for (const { record, info } of records) {
    const within = record.reduce((count, field) => count + field.split("\n").length - 1, 0);
    take(record, before + info.lines - within);
    lines = info.lines;
  }
  return lines;
}

function byLibrary(
  bytes: Buffer,
  delimiter: string,
  more: { to?: number },
  fail: (error: { line: number; reason: string }) => never,
): Parsed[] {
  const options = {
    delimiter,
    record_delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
  } as const;
  try {
    return parse(bytes, { ...options, ...more }) as unknown as Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as { lines?: unknown }).lines;
    const reason = error.message.replace(/ at line \d+/, "").replace(/\.$/, "");
    return fail({ line: typeof line === "number" ? line : 1, reason });
  }
}
