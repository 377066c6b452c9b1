import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { controlPlaneProblem, findEngine, startCluster, type Cluster } from "@smallstep-ssh/sandbox";
import { documentedRows, tableRow } from "../faults/documentedRows";
import { DeployedStack } from "./operations/deployed";
import { forget, lowerSecretVersion, repairChanged, repairDeleted, taint, type Outcome } from "./operations/matrix";
import { invisible, outside, steps } from "./operations/outside";

const header =
  "| resource | `state taint` or `up --replace` | `state delete` | deleted elsewhere | changed elsewhere |";

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

  it("ends each operation on a resource as documented", { timeout: 1_800_000 }, async () => {
    // One resource of each type.
    const resources = new Map((await stack.resources()).map((one) => [one.type.split(":").at(-1) ?? "", one]));
    const defects: string[] = [];
    const note = async (operation: string, end: Promise<Outcome>) => {
      const found = await end;
      defects.push(...found.defects.map((defect) => `${operation}: ${defect}`));
      await restore();
      return found.cell;
    };
    const changes: (() => Promise<unknown>)[] = [];
    const rows: string[] = [];
    for (const [type, resource] of resources) {
      const { deleted, changed } = outside[type] ?? expect.fail(`no operations for ${type}`);
      const cells = [
        `\`${type}\``,
        await note(`taint of ${type}`, taint(stack, resource)),
        await note(`state delete of ${type}`, forget(stack, resource)),
      ];
      if (typeof deleted === "string") cells.push(deleted);
      else cells.push(await note(`deletion of ${type}`, repairDeleted(stack, resource, deleted, steps[type])));
      if (typeof changed === "string") rows.push(tableRow([...cells, changed]));
      else {
        changes.push(async () => {
          await changed(stack, resource);
          if (type in invisible)
            stack.succeeded(await stack.environment.engine.command("state", "taint", resource.urn, "--yes"));
        });
        rows.push(tableRow([...cells, invisible[type] ?? "repaired"]));
      }
    }
    await note("changes", repairChanged(stack, changes));
    expect(defects).toEqual([]);
    expect(rows.sort()).toEqual(documentedRows(header, "operations.md").sort());
  });

  it("refuses to delete the client secret that the CA publishes", { timeout: 240_000 }, async () => {
    expect(await lowerSecretVersion(stack)).toMatch(
      /clientSecretVersion: is 1, but the CA's provisioner "azuread" has client secret 2, which would be deleted: set it back to 2/,
    );
  });

  it("refuses a provisioner of another client and names the way", { timeout: 240_000 }, async () => {
    const { engine, smallstep } = stack.environment;
    const provisioners = await smallstep.ca.provisioners();
    const own = provisioners.find(({ name }) => name === "azuread") ?? expect.fail();
    await smallstep.ca.update({ ...own, clientID: "11111111-2222-4333-8444-555555555555" });
    const refused = await engine.preview();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(
      /the CA publishes "azuread" for another client .* remove the provisioner from the CA/,
    );
    await smallstep.ca.remove("azuread");
    stack.succeeded(await engine.up("--refresh"));
    expect(await stack.defects()).toEqual([]);
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
