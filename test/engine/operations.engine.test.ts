import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { controlPlaneProblem, findEngine, startCluster, type Cluster } from "@smallstep-ssh/sandbox";
import { documentedRows, tableRow } from "../faults/documentedRows";
import { DeployedStack } from "./operations/deployed";
import { taint } from "./operations/matrix";

const header = "| resource | `state taint` or `up --replace` |";

describe("operations on a deployed stack, with the real engine", () => {
  let missing: string | undefined;
  let dir = "";
  let cluster: Cluster;
  let stack: DeployedStack;
  let restore: () => Promise<void>;

  beforeAll(async () => {
    const engine = await findEngine();
    missing = typeof engine === "string" ? engine : await controlPlaneProblem();
    if (missing !== undefined || typeof engine === "string") return;
    dir = await mkdtemp(path.join(tmpdir(), "operations-"));
    cluster = await startCluster({ dir, progress: () => undefined });
    stack = await DeployedStack.start(engine, cluster, "operations");
    restore = await stack.save();
  }, 240_000);
  afterAll(async () => {
    await stack?.close();
    await cluster?.close();
    if (dir !== "") await rm(dir, { recursive: true, force: true });
  });

  beforeEach(async (context) => {
    if (missing !== undefined) return context.skip(missing);
    await restore();
  }, 120_000);

  it("replaces each resource as documented, or refuses it in the preview", { timeout: 900_000 }, async () => {
    // One resource of each type, in the order of the state.
    const resources = new Map((await stack.resources()).map((one) => [one.type.split(":").at(-1) ?? "", one]));
    const rows: string[] = [];
    const defects: string[] = [];
    for (const [type, resource] of resources) {
      const found = await taint(stack, resource);
      rows.push(tableRow([`\`${type}\``, found.cell]));
      defects.push(...found.defects.map((defect) => `${type}: ${defect}`));
      await restore();
    }
    expect(defects).toEqual([]);
    expect(rows.sort()).toEqual(documentedRows(header, "operations.md").sort());
  });

  it("creates another database role when the stack is renamed", { timeout: 240_000 }, async () => {
    const { engine } = stack.environment;
    stack.succeeded(await engine.command("stack", "rename", "renamed", "--stack", "dev"));
    engine.stackName = "renamed";
    stack.succeeded(await engine.up());
    expect(await stack.defects()).toEqual([]);
    expect((await engine.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });
});
