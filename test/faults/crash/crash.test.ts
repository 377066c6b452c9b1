import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCluster, type Cluster } from "../../../sandbox/kubernetes";
import { findEngine, controlPlaneProblem } from "../../engine/available";
import { documented, writeFigures } from "../figures";
import { runCrashCases, type Result, type KillTarget } from "./cases";
import { startCrashEnvironment } from "./world";

const operations = ["up", "destroy"] as const;
const columns = ["killed during", "what is killed", "points", "recovered as documented", "duplicates", "left over"];
/** Requests at which something is killed, for each operation. */
const points = 51;

describe("kill -9, with the real engine", () => {
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
    "of engine, plugins or program at any point leaves what the documented steps put right",
    { timeout: 1_800_000 },
    async (context) => {
      const engine = await findEngine();
      if (missing !== undefined || typeof engine === "string") return context.skip(missing ?? String(engine));
      // Both at the same time: most of either is waiting for processes.
      const results = (
        await Promise.all(
          operations.map(async (operation) => {
            const world = await startCrashEnvironment(engine, cluster, `crash-${operation}`);
            try {
              return await runCrashCases(world, operation, points);
            } finally {
              await world.close();
            }
          }),
        )
      ).flat();
      const defects = results.filter((one) => one.defects.length > 0);
      expect(defects.map(inWords)).toEqual([]);
      const victims: [Result["operation"], KillTarget][] = [
        ...(["engine", "plugin", "program"] as const).map((victim): [Result["operation"], KillTarget] => [
          "up",
          victim,
        ]),
        ...(["engine", "plugin"] as const).map((victim): [Result["operation"], KillTarget] => ["destroy", victim]),
      ];
      const figures = { columns, rows: victims.map(([operation, victim]) => row(operation, victim, results)) };
      writeFigures("crashes", figures);
      expect(documented("crashes"), "npm run docs:reliability").toEqual(figures);
    },
  );
});

function row(operation: Result["operation"], victim: KillTarget, results: readonly Result[]): (string | number)[] {
  const own = results.filter((one) => one.operation === operation && one.victim === victim);
  const count = (pattern: RegExp) => own.filter((one) => one.defects.some((defect) => pattern.test(defect))).length;
  const recovered = own.length - count(/did not recover/);
  const name = { engine: "the engine", plugin: "the plugins", program: "the program" }[victim];
  return [operation, name, own.length, recovered, count(/is too much/), count(/is missing|pending/)];
}

function inWords({ operation, victim, at, of, when, steps, defects }: Result): string {
  return `${operation}, ${victim} killed ${when} request ${at} of ${of} (${steps.join(", ")}): ${defects.join("; ")}`;
}
