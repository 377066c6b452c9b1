import { CsvError, parse } from "csv-parse/sync";
import { graphProperty } from "../../mappings/usernames";
import { asUser, headingReader, whyNoUser } from "./attributes";
import { CliError } from "./errors";
import { plainFields } from "./csvFields";
import { ParseError, type Records } from "./records";

export interface ListOptions {
  /** What the input is called in messages. */
  input: string;
  /** Attributes that expressions read: columns that must be there. */
  attributes: readonly string[];
}

/** How a list is written: plain data. */
export interface CsvLayout {
  delimiter: string;
  /** Fields of each record. */
  width: number;
  columns: readonly Column[];
}

const newline = 10;
const carriageReturn = 13;
/** In this order: the first that fits ends a record. */
const record_delimiter = ["\r\n", "\n", "\r"];

interface Parsed {
  record: string[];
  info: { lines: number; bytes: number };
}

/** The separator of a list, by its headings: a comma, or what Excel writes where commas are decimal points. */
function delimiterOf(bytes: Buffer): string {
  const line = bytes.toString("utf8", 0, bytes.indexOf(newline) + 1 || bytes.length);
  const counts = [",", ";", "\t"].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counts.sort((a, b) => b.count - a.count)[0]?.delimiter ?? ",";
}

/** A column of the file that means something. */
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
  const shown = shortened(headings.map((heading) => heading.trim()).join(", "));
  if (!present.has("userPrincipalName") && !present.has("id")) {
    problems.push(`${input} has no column userPrincipalName; the first line has ${shown || "no headings"}.`);
  } else {
    for (const name of attributes) {
      // An account that nobody says is disabled is enabled.
      if (present.has(name) || present.has(graphProperty(name)) || graphProperty(name) === "accountEnabled") continue;
      problems.push(`${input} has no column ${graphProperty(name)}, which is read of everybody; it has ${shown}.`);
    }
  }
  if (problems.length > 0) throw new CliError(problems);
  return columns;
}

/** What is not a list may have a first line of any length. */
function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)} ...` : text;
}

function readField(property: string, text: string): string | boolean | null {
  if (text === "") return null;
  if (property !== "accountEnabled") return text;
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : text;
}

/** Reads the headings at the beginning of a list; `lines` and `end` tell where they end. @throws CliError */
export function readCsvLayout(bytes: Buffer, options: ListOptions): { layout: CsvLayout; lines: number; end: number } {
  const delimiter = delimiterOf(bytes);
  const records = byLibrary(bytes, delimiter, { to: 2 }, (error) => {
    throw new CliError([`${options.input}, line ${error.line}: ${error.reason}.`]);
  });
  // PowerShell 5 puts the type of its objects before the headings.
  const first = records[0]?.record[0]?.startsWith("#TYPE ") === true ? records[1] : records[0];
  const record = first?.record ?? [];
  const layout = { delimiter, width: record.length, columns: readHeadings(record, options) };
  return { layout, lines: first?.info.lines ?? 0, end: first?.info.bytes ?? bytes.length };
}

/**
 * Records of a list (RFC 4180; semicolons and tabs too) as Entra's portal and PowerShell export it, without its headings.
 * Gives the number of lines. @throws Unreadable
 */
export function readCsv(bytes: Buffer, { delimiter, width, columns }: CsvLayout, records: Records): number {
  const take = (fields: readonly string[], line: number): void => {
    if (fields.length !== width) {
      records.problem(line, `${fields.length} fields, while the first line has ${width} headings.`);
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

/** Records that are not lines: with line breaks in fields, or wrong. */
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
