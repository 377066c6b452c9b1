/** Reads users from a file or standard input: JSON lines or CSV. */
import { createReadStream, fstatSync } from "node:fs";
import { open } from "node:fs/promises";
import { extname } from "node:path";
import type { DirectoryUser, PeopleWriter } from "entra-mappings";
import { CliError } from "../common/errors";
import { readCsv } from "./csv";
import type { Directory, Visitor } from "./directory";
import { LineProblems } from "./errors";
import { readJsonLines } from "./jsonLines";

export const inputFormats = ["csv", "jsonl"] as const;
export type InputFormat = (typeof inputFormats)[number];

export interface FileOptions {
  /** A path, or `-` for standard input. */
  file: string;
  /** Format of the input. Default: from the extension, otherwise from the first character. */
  format?: InputFormat;
  /** Attributes that expressions read. Their columns are required. */
  attributes: readonly string[];
  people: PeopleWriter;
}

const chunkSize = 128 * 1024;

const byExtension: Readonly<Record<string, InputFormat>> = {
  ".csv": "csv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".json": "jsonl",
};

export function fileDirectory({ file, format, attributes, people }: FileOptions): Directory {
  const input = file === "-" ? "standard input" : file;
  return {
    description: input,
    async read(visitor) {
      const chunks = await openChunks(file, visitor);
      try {
        const { value: first, done } = await chunks.next();
        if (done === true) throw new CliError([`${input} is empty; expected users as CSV or JSON lines.`]);
        const start = decodeText(first, input);
        const problems = new LineProblems(input);
        const records = {
          person: (user: DirectoryUser) => visitor.person(user),
          problem: (line: number, reason: string) =>
            problems.add(line, people.quote(reason, "the record is not valid; --people names shows why.")),
        };
        const kind = format ?? byExtension[extname(file).toLowerCase()] ?? sniff(start);
        if (kind === "csv") await readCsv(prepend(start, chunks), start, { input, attributes, people }, records);
        else await readJsonLines(prepend(start, chunks), input, records);
        problems.finish();
      } finally {
        await chunks.return(undefined);
      }
    },
  };
}

async function openChunks(file: string, visitor: Visitor): Promise<AsyncGenerator<Buffer, undefined, undefined>> {
  if (file === "-") return counted(process.stdin, sizeOf(0), visitor);
  try {
    const handle = await open(file);
    const { size } = await handle.stat();
    const stream = createReadStream(file, { fd: handle, highWaterMark: chunkSize });
    return counted(readable(stream, file), size, visitor);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Reads a stream with clear errors. A folder or a faulty disk causes an error only when it is read. */
async function* readable(stream: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CliError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = { ENOENT: "the file does not exist", EACCES: "permission denied", EISDIR: "it is a folder" }[code ?? ""];
  return new CliError([`Cannot read ${file}: ${why ?? message}.`]);
}

/** Returns the size of the file behind a descriptor. 0: it is a pipe or a terminal. */
function sizeOf(descriptor: number): number {
  const stats = fstatSync(descriptor);
  return stats.isFile() ? stats.size : 0;
}

async function* counted(
  stream: AsyncIterable<Buffer>,
  size: number,
  visitor: Visitor,
): AsyncGenerator<Buffer, undefined, undefined> {
  let done = 0;
  for await (const chunk of stream) {
    done += chunk.length;
    yield chunk;
    visitor.progress(done, size);
  }
}

async function* prepend(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** Removes the byte order mark that Windows programs write before UTF-8. @throws CliError if the text is not UTF-8 */
function decodeText(first: Buffer, input: string): Buffer {
  if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff)) {
    throw new CliError([`${input} is UTF-16; expected UTF-8 (in PowerShell: Export-Csv -Encoding utf8).`]);
  }
  if (first.subarray(0, 1024).includes(0)) {
    throw new CliError([`${input} has NUL bytes: it is UTF-16 or not text; expected CSV or JSON lines in UTF-8.`]);
  }
  return first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? first.subarray(3) : first;
}

/** Detects the format. JSON starts with a brace or a bracket; no column heading does. */
function sniff(first: Buffer): InputFormat {
  return /^\s*[{[]/.test(first.toString("latin1", 0, 1024)) ? "jsonl" : "csv";
}
