import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { nodeOptions } from "../../esbuildOptions.mjs";
import { median, seconds, type Outcome } from "../measure";
import type { EvaluatorTimes } from "./evaluators";
import { csv, jsonLines, writeUsers } from "./testUsers";

export interface BenchOptions {
  users: number;
  rounds: number;
  seed: number;
}

/** Files with the users of one directory, and the bundle of child.ts. */
interface Files {
  child: string;
  jsonLines: string;
  csv: string;
}

const root = join(__dirname, "..", "..", "..");
const report = (file: string) => {
  const command = [join(root, "packages/cli/bin/smallstep-ssh.js"), "usernames", "--file", file];
  return [...command, "--format", "json", "--fail-on", "never"];
};
/** The measured tasks: the command as `npm run usernames` starts it, and the baselines, also bundled. */
const tasks = {
  // Both evaluators in one new process, like the report.
  evaluators: ({ child }: Files) => [child, "evaluators"],
  parse: ({ child, jsonLines }: Files) => [child, "parse", jsonLines],
  report: ({ jsonLines }: Files) => report(jsonLines),
  reportOfCsv: ({ csv }: Files) => report(csv),
} as const;
type Task = keyof typeof tasks;
/** The tasks whose CPU time is measured. Other programs on the machine affect it less than the elapsed time. */
const timed = ["parse", "report", "reportOfCsv"] as const;
type Timed = (typeof timed)[number];

interface Usage {
  /** Peak memory in bytes. */
  peak: number;
  /** CPU time of all threads in milliseconds. */
  cpu: number;
}

/** Runs a task in a separate process. */
function run(task: Task, files: Files): Promise<Usage & { output: string }> {
  return new Promise((resolve, reject) => {
    const preloaded = ["--require", join(__dirname, "recordUsage.cjs")];
    const child = spawn(process.execPath, [...preloaded, ...tasks[task](files)], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    });
    let output = "";
    let usage = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stdio[3]?.on("data", (chunk: Buffer) => (usage += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0 || output === "") reject(new Error(`The task ${task} exited with code ${code}.`));
      else resolve({ output, ...(JSON.parse(usage) as Usage) });
    });
  });
}

export async function benchUsernames({ users, rounds, seed }: BenchOptions): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), "bench-usernames-"));
  const files: Files = {
    child: join(dir, "child.js"),
    jsonLines: join(dir, "users.jsonl"),
    csv: join(dir, "users.csv"),
  };
  try {
    await build({ ...nodeOptions, entryPoints: [join(__dirname, "child.ts")], outfile: files.child });
    console.log(`Generating ${users.toLocaleString("en-US")} users ...`);
    const bytes = writeUsers(files.jsonLines, jsonLines, users, seed);
    const csvBytes = writeUsers(files.csv, csv, users, seed);
    const megabytes = (size: number) => (size / 1e6).toFixed(0);
    const machine = `Node.js ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model ?? ""}`;
    console.log(`${megabytes(bytes)} MB of JSON lines, ${megabytes(csvBytes)} MB of CSV; ${machine}.`);
    console.log(`Each task runs ${rounds} times, in alternation; the median counts.\n`);
    const evaluators = JSON.parse((await run("evaluators", files)).output) as EvaluatorTimes;
    let maximumBytes = 0;
    const milliseconds: Record<Timed, number[]> = { parse: [], report: [], reportOfCsv: [] };
    // In alternation, so that background load affects all tasks.
    for (let round = 0; round < rounds; round++) {
      for (const task of timed) {
        const { peak, cpu } = await run(task, files);
        milliseconds[task].push(cpu);
        if (task === "report") maximumBytes = Math.max(maximumBytes, peak);
      }
    }
    const medians = Object.fromEntries(timed.map((task) => [task, median(milliseconds[task])]));
    return outcome(evaluators, medians as Record<Timed, number>, maximumBytes, {
      ...{ users, rounds, seed, bytes, csvBytes, evaluators, milliseconds, medians, maximumBytes },
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function outcome(
  evaluators: EvaluatorTimes,
  medians: Record<Timed, number>,
  maximumBytes: number,
  figures: Outcome["figures"],
): Outcome {
  const rate = (value: number) => `${(value / 1e6).toFixed(1)} million names per second`;
  const wholeRun = medians.report / medians.parse;
  const evaluator = evaluators.evaluator / evaluators.byHand;
  return {
    rows: [
      ["handwritten mapping function", rate(evaluators.byHand)],
      ["compiled expression", rate(evaluators.evaluator)],
      ["reading and JSON-parsing, Node's readline", seconds(medians.parse)],
      ["whole run: report of all users", seconds(medians.report)],
      ["whole run: report of all users, from CSV", seconds(medians.reportOfCsv)],
    ],
    targets: [
      { name: "evaluator / handwritten function", value: evaluator, unit: "", sense: ">=", limit: 2 / 3 },
      { name: "whole run / readline and JSON.parse", value: wholeRun, unit: "", sense: "<=", limit: 2 },
      { name: "peak memory of the whole run", value: maximumBytes / 1e6, unit: "MB", sense: "<=", limit: 1000 },
    ],
    figures,
  };
}
