import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { median, type Outcome } from "../measure";

interface Report {
  ok: boolean;
  steps: { title: string; seconds: number }[];
}

const run = promisify(execFile);
const root = path.join(__dirname, "../../..");
const sandbox = ["--conditions=source", "--require", "tsx/cjs", path.join(root, "packages/sandbox/main.ts")];

/** Measures the sandbox as a user starts it, with everything already built: time to ready, time of each part, and total. */
export async function benchSandbox({ rounds }: { rounds: number }): Promise<Outcome> {
  const dir = mkdtempSync(path.join(tmpdir(), "bench-sandbox-"));
  try {
    const totals: number[] = [];
    const parts = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      const file = path.join(dir, `${round}.json`);
      const startedAt = performance.now();
      await run(process.execPath, [...sandbox, "--plugins", "stand-in", "--report", file], {
        cwd: root,
        maxBuffer: 2 ** 26,
      });
      totals.push((performance.now() - startedAt) / 1000);
      const report = JSON.parse(readFileSync(file, "utf8")) as Report;
      if (!report.ok) throw new Error("The sandbox's checks failed. Run `npm run sandbox` to see which.");
      for (const { title, seconds } of report.steps) parts.set(title, [...(parts.get(title) ?? []), seconds]);
    }
    const rows = [...parts].map(([title, times]): [string, string] => [
      title === "Start" ? "Start (time to ready)" : title,
      `${median(times).toFixed(1)} s`,
    ]);
    rows.push(["total", `${median(totals).toFixed(1)} s`]);
    return { rows, targets: [], figures: { rounds, totals, parts: Object.fromEntries(parts) } };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
