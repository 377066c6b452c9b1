/** What the command is measured against, each in a process of its own, so that neither memory nor warm code is shared. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { blocks, lineEnd } from "../../cli/usernames/blocks";
import { forEachLine } from "../../cli/usernames/lines";
import { compareEvaluators } from "./evaluators";

const chunkSize = 1024 * 1024;

/** Reading and parsing, and nothing else, as quickly as we know how in one thread: with the reader that the report has. */
async function parse(file: string): Promise<number> {
  let parsed = 0;
  for await (const block of blocks(createReadStream(file, { highWaterMark: chunkSize }), lineEnd)) {
    forEachLine(block, (text) => {
      if (JSON.parse(text)) parsed++;
    });
  }
  return parsed;
}

/** The same as most programs do it, with Node's readline. */
async function parseByReadline(file: string): Promise<number> {
  let parsed = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (JSON.parse(line)) parsed++;
  }
  return parsed;
}

async function main(): Promise<void> {
  const [task, file = ""] = process.argv.slice(2);
  if (task === "evaluators") {
    process.stdout.write(`${JSON.stringify(compareEvaluators())}\n`);
    return;
  }
  const parsed = await (task === "parse" ? parse(file) : parseByReadline(file));
  process.stdout.write(`${parsed}\n`);
}

void main();
