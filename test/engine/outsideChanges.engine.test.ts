import { describe, expect, it } from "vitest";
import { type Deployed } from "./operations/deployed";
import { documented, oneOfEachType, performOnEachType, useDeployedStack } from "./operations/fixture";
import { repairChanged, repairDeleted, repairTargets } from "./operations/matrix";
import { invisible, outside, steps } from "./operations/outside";

describe("objects of a deployed stack that are deleted or changed elsewhere, with the real engine", () => {
  const fixture = useDeployedStack("outside");

  /** Returns the changes outside of Pulumi, each with the taint that a change needs which a refresh cannot see. */
  function changesOf(resources: ReadonlyMap<string, Deployed>): (() => Promise<unknown>)[] {
    const { stack } = fixture;
    return [...resources].flatMap(([type, resource]) => {
      const change = outside[type]?.changed;
      if (typeof change !== "function") return [];
      const act = () => change(stack, resource);
      const { engine } = stack.environment;
      const taint = async () => stack.succeeded(await engine.command("state", "taint", resource.urn, "--yes"));
      return type in invisible ? [act, taint] : [act];
    });
  }

  it("repairs one object of each type as documented", { timeout: 1_800_000 }, async () => {
    const { stack } = fixture;
    const { rows, defects } = await performOnEachType(fixture, {
      deletion: (type, resource) => {
        const { deleted } = outside[type] ?? expect.fail(`no operations for ${type}`);
        return typeof deleted === "string" ? deleted : repairDeleted(stack, resource, deleted, steps[type]);
      },
      // The next test performs the changes.
      change: (type) => {
        const { changed } = outside[type] ?? expect.fail(`no operations for ${type}`);
        return typeof changed === "string" ? changed : (invisible[type] ?? "repaired");
      },
    });
    expect(defects).toEqual([]);
    expect(rows).toEqual(documented(3, 4));
  });

  it("repairs a change of one object of each type at once", { timeout: 240_000 }, async () => {
    const { defects } = await repairChanged(fixture.stack, changesOf(await oneOfEachType(fixture.stack)));
    expect(defects).toEqual([]);
  });

  it.each([
    ["--target", false],
    ["--target-dependents", true],
  ])("repairs changed resources one by one with %s", { timeout: 600_000 }, async (_, withDependents) => {
    const { stack } = fixture;
    const resources = await oneOfEachType(stack);
    const { defects } = await repairTargets(stack, resources.values(), changesOf(resources), withDependents);
    expect(defects).toEqual([]);
  });

  it("refuses a provisioner of another client and names the way", { timeout: 240_000 }, async () => {
    const { stack } = fixture;
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
});
