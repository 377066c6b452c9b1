import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCluster, type Cluster, findEngine, controlPlaneProblem } from "@smallstep-ssh/sandbox";
import { documentedRows, tableRow } from "../documentedRows";
import { runCrashCases, targetsOf, type KillTarget, type Operation, type Result } from "./cases";
import { startCrashEnvironment } from "./environment";

const header = "| operation | killed process | kill points | recovered as documented | duplicates | leftovers |";
/** Number of requests at which a process is killed, per operation. */
const points = 51;
/** Kill points that are tested at the same time, because each spends part of its time waiting for processes. */
const lanes = 2;

/** Defines the test of one operation. Each operation has its own test file, so that two workers share the cases. */
export function testCrashes(operation: Operation): void {
  describe(`stack after kill -9 during ${operation}, with the real engine`, () => {
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
        const results: Result[] = [];
        await Promise.all(
          Array.from({ length: lanes }, async (_, lane) => {
            const environment = await startCrashEnvironment(engine, cluster, `crash-${operation}-${lane}`);
            try {
              const indexes = Array.from({ length: points }, (_, index) => index).filter((one) => one % lanes === lane);
              results.push(...(await runCrashCases(environment, operation, points, indexes)));
            } finally {
              await environment.close();
            }
          }),
        );
        const defects = results.filter((one) => one.defects.length > 0);
        expect(defects.map(describeResult)).toEqual([]);
        const documented = documentedRows(header).filter((line) => line.startsWith(`| ${operation} `));
        expect(documented).toEqual(targetsOf(operation).map((target) => row(operation, target, results)));
      },
    );
  });
}

function row(operation: Operation, target: KillTarget, results: readonly Result[]): string {
  const own = results.filter((one) => one.target === target);
  const count = (pattern: RegExp) => own.filter((one) => one.defects.some((defect) => pattern.test(defect))).length;
  const recovered = own.length - count(/recovery failed/);
  const name = { engine: "engine", plugin: "plugins", program: "program" }[target];
  return tableRow([operation, name, own.length, recovered, count(/is unexpected/), count(/is missing|pending/)]);
}

function describeResult({ operation, target, at, of, when, steps, defects }: Result): string {
  return `${operation}, ${target} killed ${when} request ${at} of ${of} (${steps.join(", ")}): ${defects.join("; ")}`;
}
