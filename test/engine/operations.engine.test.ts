import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { controlPlaneProblem, findEngine, startCluster, type Cluster } from "@smallstep-ssh/sandbox";
import { documentedRows, tableRow } from "../faults/documentedRows";
import { type Deployed, DeployedStack } from "./operations/deployed";
import {
  configure,
  forget,
  lowerSecretVersion,
  repairChanged,
  repairDeleted,
  repairTargets,
  taint,
  type Outcome,
} from "./operations/matrix";
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

  /** Returns one resource of each type by the name of the type. */
  async function oneOfEachType(): Promise<Map<string, Deployed>> {
    return new Map((await stack.resources()).map((one) => [one.type.split(":").at(-1) ?? "", one]));
  }

  /** Returns the changes outside of Pulumi, each with the taint that a change needs which a refresh cannot see. */
  function changesOf(resources: ReadonlyMap<string, Deployed>): (() => Promise<unknown>)[] {
    return [...resources].flatMap(([type, resource]) => {
      const change = outside[type]?.changed;
      if (typeof change !== "function") return [];
      const act = () => change(stack, resource);
      const { engine } = stack.environment;
      const taint = async () => stack.succeeded(await engine.command("state", "taint", resource.urn, "--yes"));
      return type in invisible ? [act, taint] : [act];
    });
  }

  it("ends each operation on a resource as documented", { timeout: 1_800_000 }, async () => {
    const resources = await oneOfEachType();
    const defects: string[] = [];
    const note = async (operation: string, end: Promise<Outcome>) => {
      const found = await end;
      defects.push(...found.defects.map((defect) => `${operation}: ${defect}`));
      await restore();
      return found.cell;
    };
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
      cells.push(typeof changed === "string" ? changed : (invisible[type] ?? "repaired"));
      rows.push(tableRow(cells));
    }
    await note("changes", repairChanged(stack, changesOf(resources)));
    expect(defects).toEqual([]);
    expect(rows.sort()).toEqual(documentedRows(header, "operations.md").sort());
  });

  it.each([
    ["--target", false],
    ["--target-dependents", true],
  ])("repairs changed resources one by one with %s", { timeout: 600_000 }, async (_, withDependents) => {
    const resources = await oneOfEachType();
    const { defects } = await repairTargets(stack, resources.values(), changesOf(resources), withDependents);
    expect(defects).toEqual([]);
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

  it("keeps names and logins when display names change", { timeout: 240_000 }, async () => {
    const { defects } = await configure(stack, {
      "oidc.displayName": "Smallstep login",
      "scim.displayName": "Smallstep provisioning",
    });
    expect(defects).toEqual([]);
  });

  it(
    "reports that another name of a created group deletes the group with its members",
    { timeout: 240_000 },
    async () => {
      const { engine, graph } = stack.environment;
      const [ada] = graph.state.members.targets(graph.state.groupByName("ssh").id);
      await stack.graph("DELETE", `/groups/${graph.state.groupByName("platform-ssh").id}/members/${ada}/$ref`);
      await stack.set({ "groups[0].create": "ssh-users", "safeguards.maxLockedOutPercent": "0" });
      const { code, output } = await engine.preview();
      expect(output).toMatch(/no longer assigned: ssh \(.*it is deleted with its members/s);
      expect(code).not.toBe(0);
    },
  );

  it(
    "refuses another team, because the users of the deployed one would lose access",
    { timeout: 240_000 },
    async () => {
      const { engine, smallstep } = stack.environment;
      await stack.set({
        "smallstep.teamSlug": smallstep.otherTeam.slug,
        "scim.directoryId": smallstep.otherDirectory.id,
      });
      const refused = await engine.preview();
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/removes the team .* add "acme" to allowTeamRemoval/s);
    },
  );

  it("creates another database role when the stack is renamed", { timeout: 240_000 }, async () => {
    const { engine } = stack.environment;
    stack.succeeded(await engine.command("stack", "rename", "renamed", "--stack", "dev"));
    engine.stackName = "renamed";
    stack.succeeded(await engine.up());
    expect(await stack.defects()).toEqual([]);
    expect((await engine.preview("--refresh", "--expect-no-changes")).code).toBe(0);
  });
});
