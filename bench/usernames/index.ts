import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { compareEvaluators, type EvaluatorTimes } from "./evaluators";
import { writePeople } from "./people";

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

const root = join(__dirname, "..", "..");
/** What is timed: the command as `npm run usernames` starts it, and what it is measured against, started the same way. */
const tasks = {
  parse: (file: string) => [join(__dirname, "child.ts"), "parse", file],
  parseByReadline: (file: string) => [join(__dirname, "child.ts"), "readline", file],
  report: (file: string) => [
    join(root, "cli", "usernames.ts"),
    "--file",
    file,
    "--format",
    "json",
    "--fail-on",
    "never",
  ],
} as const;
type Task = keyof typeof tasks;

function measure(task: Task, file: string): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const preloaded = ["--require", "tsx/cjs", "--require", join(__dirname, "peak.ts")];
    const start = performance.now();
    const child = spawn(process.execPath, [...preloaded, ...tasks[task](file)], {
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
  const dir = mkdtempSync(join(tmpdir(), "bench-usernames-"));
  const file = join(dir, "people.jsonl");
  try {
    console.log(`Making up ${options.people.toLocaleString("en-US")} people ...`);
    const bytes = writePeople(file, options.people, options.seed);
    console.log(
      `${(bytes / 1e6).toFixed(0)} MB of JSON lines; Node.js ${process.version}, ${cpus()[0]?.model ?? ""}.\n`,
    );
    const evaluators = compareEvaluators();
    const times: Record<Task, number[]> = {
      parse: [],
      parseByReadline: [],
      report: [],
    };
    let maximumBytes = 0;
    // In turn, so that whatever else the machine does hits them alike.
    for (let round = 0; round < options.rounds; round++) {
      for (const task of Object.keys(tasks) as Task[]) {
        const measured = await measure(task, file);
        times[task].push(measured.milliseconds);
        if (task === "report") maximumBytes = Math.max(maximumBytes, measured.maximumBytes);
      }
    }
    const medians = {
      parse: median(times.parse),
      parseByReadline: median(times.parseByReadline),
      report: median(times.report),
    };
    const targets: Target[] = [
      {
        name: "evaluator / by hand",
        value: evaluators.evaluator / evaluators.byHand,
        unit: "",
        sense: ">=",
        limit: 2 / 3,
      },
      {
        name: "whole run / reading and parsing",
        value: medians.report / medians.parseByReadline,
        unit: "",
        sense: "<=",
        limit: 1.5,
      },
      { name: "peak memory", value: maximumBytes / 1e6, unit: " MB", sense: "<=", limit: 400 },
    ];
    print(evaluators, medians, targets);
    if (options.json !== undefined) {
      const { people, rounds, seed } = options;
      const result = { people, rounds, seed, bytes, evaluators, milliseconds: times, medians, maximumBytes, targets };
      writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
    }
    return targets.every(met);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
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
    ["whole run / reading and parsing, our reader", (medians.report / medians.parse).toFixed(2)],
  ];
  for (const [what = "", value = ""] of rows) console.log(`${what.padEnd(44)}${value}`);
  console.log();
  for (const target of targets) {
    const { name, value, unit, sense, limit } = target;
    const digits = unit === "" ? 2 : 0;
    const shown = `${value.toFixed(digits)}${unit} (target ${sense} ${limit.toFixed(digits)}${unit})`;
    console.log(`${met(target) ? "met   " : "MISSED"}  ${name.padEnd(34)}${shown}`);
  }
}
