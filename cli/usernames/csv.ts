import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { graphProperty } from "../../mappings/usernames";
import { asUser, headingReader, whyNoUser } from "./attributes";
import { CliError, LineProblems } from "./errors";
import type { ReadOptions } from "./jsonLines";

/** The separator of a list, by its headings: a comma, or what Excel writes where commas are decimal points. */
async function delimiterOf(chunks: AsyncIterator<Buffer>): Promise<{ delimiter: string; head: Buffer }> {
  let head: Buffer = Buffer.alloc(0);
  while (!head.includes(10)) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  const line = head.toString("utf8").split("\n", 1)[0] ?? "";
  const counts = [",", ";", "\t"].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return { delimiter: counts.sort((a, b) => b.count - a.count)[0]?.delimiter ?? ",", head };
}

async function* whole(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const { value, done } = await rest.next();
    if (done === true) return;
    yield value;
  }
}

/** A column of the file that means something. */
interface Column {
  index: number;
  property: string;
}

function readHeadings(headings: readonly string[], { input, attributes }: ReadOptions): Column[] {
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
  const shown = headings.map((heading) => heading.trim()).join(", ");
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

function readField(property: string, text: string): string | boolean | null {
  if (text === "") return null;
  if (property !== "accountEnabled") return text;
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : text;
}

/** A list with headings on the first line (RFC 4180; semicolons and tabs too), as Entra's portal and PowerShell export. */
export async function readCsv(chunks: AsyncIterable<Buffer>, options: ReadOptions): Promise<void> {
  const { visitor, input } = options;
  const problems = new LineProblems(input);
  const iterator = chunks[Symbol.asyncIterator]();
  const { delimiter, head } = await delimiterOf(iterator);
  const parser = parse({ delimiter, info: true, relax_column_count: true, skip_empty_lines: true });
  const source = Readable.from(whole(head, iterator), { objectMode: false });
  source.on("error", (error) => parser.destroy(error));
  let columns: Column[] | undefined;
  let width = 0;
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (columns === undefined) {
        // PowerShell 5 puts the type of its objects before the headings.
        if (record[0]?.startsWith("#TYPE ") === true) continue;
        columns = readHeadings(record, options);
        width = record.length;
        continue;
      }
      if (record.length !== width) {
        problems.add(info.lines, `${record.length} fields, while the first line has ${width} headings.`);
        continue;
      }
      const user: Record<string, unknown> = {};
      for (const { index, property } of columns) user[property] = readField(property, record[index] as string);
      const why = whyNoUser(user);
      if (why === undefined) visitor.person(asUser(user));
      else problems.add(info.lines, why);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CliError([`${input}: ${error.message.replace(/\.$/, "")}.`]);
  }
  problems.finish();
}
