import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { compareEvaluators, type EvaluatorTimes } from "./evaluators";
import { csv, jsonLines, writePeople } from "./people";

export interface BenchOptions {
  people: number;
  rounds: number;
  seed: number;
  /** A file for the numbers. */
  json?: string;
}

interface Measured {
  /** Wall clock, from the start of the process to its end. */
  milliseconds: number;
  maximumBytes: number;
}

/** The files of one directory. */
interface Files {
  jsonLines: string;
  csv: string;
}

const root = join(__dirname, "..", "..");
const report = (file: string) => {
  const command = [join(root, "cli", "usernames.ts"), "--file", file];
  return [...command, "--format", "json", "--fail-on", "never"];
};
/** What is timed: the command as `npm run usernames` starts it, and what it is measured against, started the same way. */
const tasks = {
  parse: ({ jsonLines }: Files) => [join(__dirname, "child.ts"), "parse", jsonLines],
  parseByReadline: ({ jsonLines }: Files) => [join(__dirname, "child.ts"), "readline", jsonLines],
  report: ({ jsonLines }: Files) => report(jsonLines),
  reportOfCsv: ({ csv }: Files) => report(csv),
} as const;
type Task = keyof typeof tasks;
const taskNames = Object.keys(tasks) as Task[];

function measure(task: Task, files: Files): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const preloaded = ["--require", "tsx/cjs", "--require", join(__dirname, "peak.ts")];
    const start = performance.now();
    const child = spawn(process.execPath, [...preloaded, ...tasks[task](files)], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    });
    let written = 0;
    let peak = "";
    child.stdout?.on("data", (chunk: Buffer) => (written += chunk.length));
    child.stdio[3]?.on("data", (chunk: Buffer) => (peak += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      const milliseconds = performance.now() - start;
      if (code !== 0 || written === 0) reject(new Error(`The task ${task} ended with exit code ${code}.`));
      else resolve({ milliseconds, maximumBytes: Number(peak) });
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

interface Target {
  name: string;
  value: number;
  unit: string;
  /** At least or at most. */
  sense: ">=" | "<=";
  limit: number;
}

const met = ({ value, sense, limit }: Target) => (sense === ">=" ? value >= limit : value <= limit);

/** Prints the numbers and says whether all targets are met. */
export async function benchUsernames(options: BenchOptions): Promise<boolean> {
  const { people, rounds, seed } = options;
  const dir = mkdtempSync(join(tmpdir(), "bench-usernames-"));
  const files: Files = { jsonLines: join(dir, "people.jsonl"), csv: join(dir, "people.csv") };
  try {
    console.log(`Making up ${people.toLocaleString("en-US")} people ...`);
    const bytes = writePeople(files.jsonLines, jsonLines, people, seed);
    const csvBytes = writePeople(files.csv, csv, people, seed);
    const megabytes = (size: number) => (size / 1e6).toFixed(0);
    const machine = `Node.js ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model ?? ""}`;
    console.log(`${megabytes(bytes)} MB of JSON lines, ${megabytes(csvBytes)} MB of CSV; ${machine}.`);
    console.log(`Each thing is measured ${rounds} times, in turn; the median counts.\n`);
    const evaluators = compareEvaluators();
    const times: Record<Task, number[]> = { parse: [], parseByReadline: [], report: [], reportOfCsv: [] };
    let maximumBytes = 0;
    // In turn, so that whatever else the machine does hits them alike.
    for (let round = 0; round < rounds; round++) {
      for (const task of taskNames) {
        const measured = await measure(task, files);
        times[task].push(measured.milliseconds);
        if (task === "report") maximumBytes = Math.max(maximumBytes, measured.maximumBytes);
      }
    }
    const medians = Object.fromEntries(taskNames.map((task) => [task, median(times[task])])) as Record<Task, number>;
    const targets = targetsOf(evaluators, medians, maximumBytes);
    print(evaluators, medians, targets);
    if (options.json !== undefined) {
      const result = { people, rounds, seed, bytes, evaluators, milliseconds: times, medians, maximumBytes, targets };
      writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
    }
    return targets.every(met);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function targetsOf(evaluators: EvaluatorTimes, medians: Record<Task, number>, maximumBytes: number): Target[] {
  const wholeRun = (name: string, baseline: number): Target => {
    return { name: `whole run / ${name}`, value: medians.report / baseline, unit: "", sense: "<=", limit: 1.5 };
  };
  return [
    {
      name: "evaluator / by hand",
      value: evaluators.evaluator / evaluators.byHand,
      unit: "",
      sense: ">=",
      limit: 2 / 3,
    },
    wholeRun("our reader and JSON.parse", medians.parse),
    wholeRun("readline and JSON.parse", medians.parseByReadline),
    { name: "peak memory of the whole run", value: maximumBytes / 1e6, unit: " MB", sense: "<=", limit: 400 },
  ];
}

function print(evaluators: EvaluatorTimes, medians: Record<Task, number>, targets: readonly Target[]): void {
  const rate = (value: number) => `${(value / 1e6).toFixed(1)} million names a second`;
  const seconds = (value: number) => `${(value / 1000).toFixed(2)} s`;
  const rows = [
    ["mapping by hand", rate(evaluators.byHand)],
    ["compiled expression", rate(evaluators.evaluator)],
    ["reading and JSON-parsing, our reader", seconds(medians.parse)],
    ["reading and JSON-parsing, Node's readline", seconds(medians.parseByReadline)],
    ["whole run: report of all", seconds(medians.report)],
    ["whole run: report of all, from CSV", seconds(medians.reportOfCsv)],
  ];
  for (const [what = "", value = ""] of rows) console.log(`${what.padEnd(44)}${value}`);
  console.log();
  for (const target of targets) {
    const { name, value, unit, sense, limit } = target;
    const digits = unit === "" ? 2 : 0;
    const shown = `${value.toFixed(digits)}${unit} (target ${sense} ${limit.toFixed(digits)}${unit})`;
    console.log(`${met(target) ? "met   " : "MISSED"}  ${name.padEnd(38)}${shown}`);
  }
}
