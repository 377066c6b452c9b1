/** The baselines of the command. Each runs in a separate process, so that they share neither memory nor compiled code. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { blocks, lineEnd, forEachLine } from "@smallstep-ssh/cli";
import { compareEvaluators } from "./evaluators";

const chunkSize = 1024 * 1024;

/** Only reads and parses, with the report's own reader, the fastest known way in one thread. */
async function parse(file: string): Promise<number> {
  let parsed = 0;
  for await (const block of blocks(createReadStream(file, { highWaterMark: chunkSize }), lineEnd)) {
    forEachLine(block, (text) => {
      if (JSON.parse(text)) parsed++;
    });
  }
  return parsed;
}

/** Reads and parses with Node's readline, as most programs do. */
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
