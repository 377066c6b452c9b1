import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { controlPlaneProblem, findEngine, startCluster, type Cluster } from "@smallstep-ssh/sandbox";
import { documentedRows, tableRow } from "../../faults/documentedRows";
import { type Deployed, DeployedStack } from "./deployed";
import type { Outcome } from "./matrix";

const header =
  "| resource | `state taint` or `up --replace` | `state delete` | deleted elsewhere | changed elsewhere |";

/** The deployed stack of a test file. Each test starts from its saved state. */
export interface Fixture {
  stack: DeployedStack;
  restore: () => Promise<void>;
}

/** Registers the set-up of a file's tests, which skip themselves with the reason when the engine is missing. */
export function useDeployedStack(namespace: string): Fixture {
  const fixture = {} as Fixture;
  let missing: string | undefined;
  let dir = "";
  let cluster: Cluster;
  beforeAll(async () => {
    const engine = await findEngine();
    missing = typeof engine === "string" ? engine : await controlPlaneProblem();
    if (missing !== undefined || typeof engine === "string") return;
    dir = await mkdtemp(path.join(tmpdir(), "operations-"));
    cluster = await startCluster({ dir, progress: () => undefined });
    fixture.stack = await DeployedStack.start(engine, cluster, namespace);
    fixture.restore = await fixture.stack.save();
  }, 240_000);
  afterAll(async () => {
    await (fixture.stack as DeployedStack | undefined)?.close();
    await (cluster as Cluster | undefined)?.close();
    if (dir !== "") await rm(dir, { recursive: true, force: true });
  });
  beforeEach(async (context) => {
    if (missing !== undefined) return context.skip(missing);
    await fixture.restore();
  }, 120_000);
  return fixture;
}

/** Returns one resource of each type by the name of the type. */
export async function oneOfEachType(stack: DeployedStack): Promise<Map<string, Deployed>> {
  return new Map((await stack.resources()).map((one) => [one.type.split(":").at(-1) ?? "", one]));
}

/**
 * Performs operations on one resource of each type, each from the saved state.
 * @param columns the operations, in the order of the result's cells; a text is a cell of its own
 * @returns the rows of the table, and what is not as declared after the operations
 */
export async function performOnEachType(
  { stack, restore }: Fixture,
  columns: Record<string, (type: string, resource: Deployed) => Promise<Outcome> | string>,
): Promise<{ rows: string[]; defects: string[] }> {
  const rows: string[] = [];
  const defects: string[] = [];
  for (const [type, resource] of await oneOfEachType(stack)) {
    const cells = [`\`${type}\``];
    for (const [operation, perform] of Object.entries(columns)) {
      const end = perform(type, resource);
      if (typeof end === "string") {
        cells.push(end);
        continue;
      }
      const found = await end;
      cells.push(found.cell);
      defects.push(...found.defects.map((defect) => `${operation} of ${type}: ${defect}`));
      await restore();
    }
    rows.push(tableRow(cells));
  }
  return { rows: rows.sort(), defects };
}

/** Returns the documented cells of the resources' types and of the chosen columns, from 1. */
export function documented(...columns: number[]): string[] {
  const cellsOf = (row: string) => row.split("|").map((cell) => cell.trim());
  return documentedRows(header, "operations.md")
    .map((row) => tableRow([1, ...columns.map((column) => column + 1)].map((index) => cellsOf(row)[index] ?? "")))
    .sort();
}
