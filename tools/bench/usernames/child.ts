/** The baselines of the command. Each runs in a separate process, so that they share neither memory nor compiled code. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { compareEvaluators } from "./evaluators";

/** Only reads and parses, with Node's readline, as most programs do. */
async function parse(file: string): Promise<number> {
  let parsed = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (JSON.parse(line)) parsed++;
  }
  return parsed;
}

async function main(): Promise<void> {
  const [task, file = ""] = process.argv.slice(2);
  process.stdout.write(`${task === "evaluators" ? JSON.stringify(compareEvaluators()) : await parse(file)}\n`);
}

void main();
