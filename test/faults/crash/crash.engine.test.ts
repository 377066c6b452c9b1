import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCluster, type Cluster, findEngine, controlPlaneProblem } from "@smallstep-ssh/sandbox";
import { documented, writeFigures } from "../resultTables";
import { runCrashCases, type Result, type KillTarget } from "./cases";
import { startCrashEnvironment } from "./environment";

const operations = ["up", "destroy"] as const;
const columns = ["operation", "killed process", "kill points", "recovered as documented", "duplicates", "leftovers"];
/** Number of requests at which a process is killed, per operation. */
const points = 51;

describe("stack after kill -9, with the real engine", () => {
  let missing: string | undefined;
  let dir = "";
  let cluster: Cluster;
  beforeAll(async () => {
    const engine = await findEngine();
    missing = typeof engine === "string" ? engine : await controlPlaneProblem();
    if (missing !== undefined) return;
    dir = await mkdtemp(path.join(tmpdir(), "crash-cluster-"));
    cluster = await startCluster({ dir, progress: () => undefined });
  });
  afterAll(async () => {
    await cluster?.close();
    if (dir !== "") await rm(dir, { recursive: true, force: true });
  });

  it(
    "recovers by the documented steps when the engine, the plugins or the program is killed at any request",
    { timeout: 1_800_000 },
    async (context) => {
      const engine = await findEngine();
      if (missing !== undefined || typeof engine === "string") return context.skip(missing ?? String(engine));
      // Both operations run in parallel, because each spends most of its time waiting for processes.
      const results = (
        await Promise.all(
          operations.map(async (operation) => {
            const environment = await startCrashEnvironment(engine, cluster, `crash-${operation}`);
            try {
              return await runCrashCases(environment, operation, points);
            } finally {
              await environment.close();
            }
          }),
        )
      ).flat();
      const defects = results.filter((one) => one.defects.length > 0);
      expect(defects.map(describeResult)).toEqual([]);
      const targets: [Result["operation"], KillTarget][] = [
        ...(["engine", "plugin", "program"] as const).map((target): [Result["operation"], KillTarget] => [
          "up",
          target,
        ]),
        ...(["engine", "plugin"] as const).map((target): [Result["operation"], KillTarget] => ["destroy", target]),
      ];
      const figures = { columns, rows: targets.map(([operation, target]) => row(operation, target, results)) };
      writeFigures("crashes", figures);
      expect(documented("crashes"), "npm run docs:reliability").toEqual(figures);
    },
  );
});

function row(operation: Result["operation"], target: KillTarget, results: readonly Result[]): (string | number)[] {
  const own = results.filter((one) => one.operation === operation && one.target === target);
  const count = (pattern: RegExp) => own.filter((one) => one.defects.some((defect) => pattern.test(defect))).length;
  const recovered = own.length - count(/recovery failed/);
  const name = { engine: "engine", plugin: "plugins", program: "program" }[target];
  return [operation, name, own.length, recovered, count(/is unexpected/), count(/is missing|pending/)];
}

function describeResult({ operation, target, at, of, when, steps, defects }: Result): string {
  return `${operation}, ${target} killed ${when} request ${at} of ${of} (${steps.join(", ")}): ${defects.join("; ")}`;
}
