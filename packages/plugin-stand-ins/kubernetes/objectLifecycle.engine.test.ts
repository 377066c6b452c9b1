import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import { Managed, secret } from "../azuread/testing";
import { startTestCluster, type TestCluster } from "./testing";

const ConfigMap = "kubernetes:core/v1:ConfigMap";
const Secret = "kubernetes:core/v1:Secret";

describe("Kubernetes objects", () => {
  let cluster: TestCluster | string;
  let api: TestCluster["api"];
  let engine: TestEngine;
  beforeAll(async () => {
    cluster = await startTestCluster();
    if (typeof cluster === "string") return;
    ({ api } = cluster);
    engine = await cluster.engine();
  });
  beforeEach(({ skip }) => {
    if (typeof cluster === "string") skip(`No cluster is available: ${cluster}`);
  });
  afterAll(() => (typeof cluster === "object" ? cluster.close() : undefined));

  const header = (kind: string, name: string) => ({
    apiVersion: "v1",
    kind,
    metadata: { name, namespace: "default" },
  });
  /** Changes a ConfigMap as another client does. */
  const edit = (name: string, data: Record<string, string>) =>
    api.apply({ ...header("ConfigMap", name), data }, "other");

  it("creates, reads, updates and deletes a ConfigMap", async () => {
    const program = { metadata: { name: "life", labels: { a: "1" } }, data: { a: "1" } };
    const made = await Managed.create(engine, ConfigMap, program);
    expect(made.id).toBe("default/life");
    const manager = made.outputs["__fieldManager"];
    expect(manager).toMatch(/^pulumi-kubernetes-[0-9a-f]{8}$/);
    expect(made.outputs["metadata"]).toMatchObject({ managedFields: [{ manager, operation: "Apply" }] });
    const { inputs } = made;
    expect(await made.refresh()).toBe(true);
    expect(made.inputs).toEqual(inputs);
    expect((await made.plan(program)).changes).toBe("none");

    const labelled = { ...program, metadata: { name: "life", labels: { b: "2" } } };
    const changed = await made.plan(labelled);
    expect(Object.keys(changed.detailed).sort()).toEqual(["metadata.labels.a", "metadata.labels.b"]);
    expect(changed.replaces).toEqual([]);
    await made.update(labelled);
    expect(made.outputs["metadata"]).toMatchObject({ labels: { b: "2" } });
    expect((await made.plan({ ...program, metadata: { name: "life", namespace: "kube-public" } })).replaces).toEqual([
      "metadata",
    ]);

    await made.delete();
    expect(await made.refresh()).toBe(false);
    await made.delete();
  });

  it("creates no object in a preview", async () => {
    const { inputs } = await engine.check(ConfigMap, { metadata: { name: "previewed" }, data: { a: "1" } });
    await engine.create(ConfigMap, inputs, { preview: true });
    expect(await api.get(header("ConfigMap", "previewed"))).toBeUndefined();
    const wrong = (await engine.check(ConfigMap, { metadata: { name: "x" }, data: { "not a key": "" } })).inputs;
    await expect(engine.create(ConfigMap, wrong)).rejects.toThrow(/422 Invalid: .*not a key/);
  });

  it.each<[string, WireValue, WireValue]>([
    [ConfigMap, { data: { a: "1" } }, { data: { a: "2" } }],
    [Secret, { stringData: { a: "1" } }, { stringData: { a: "2" } }],
  ])("replaces a %s when its data changes, with delete-before-create", async (token, before, after) => {
    const made = await Managed.create(engine, token, { metadata: { name: "data" }, ...before });
    const plan = await made.plan({ metadata: { name: "data" }, ...after });
    expect(plan).toMatchObject({ changes: "some", deleteBeforeReplace: true });
    expect(plan.replaces).toHaveLength(1);
    await made.delete();
  });

  it("keeps the data of a Secret secret", async () => {
    const program = { metadata: { name: "hush" }, stringData: { a: secret("text-a"), b: secret("text-b") } };
    const made = await Managed.create(engine, Secret, program);
    const stored = Buffer.from("text-a").toString("base64");
    expect(JSON.stringify(await api.get(header("Secret", "hush")))).toContain(stored);
    expect(made.outputs["data"]).toEqual(secret({ a: stored, b: Buffer.from("text-b").toString("base64") }));
    await made.refresh();
    expect(made.inputs["stringData"]).toEqual(secret({ a: "text-a", b: "text-b" }));
    expect((await made.plan(program)).changes).toBe("none");
    await made.delete();
  });

  it("reports external changes of declared fields and ignores added fields", async () => {
    const program = { metadata: { name: "edited" }, data: { a: "ours", b: "kept" } };
    const made = await Managed.create(engine, ConfigMap, program);
    const { inputs } = made;
    await edit("edited", { theirs: "added" });
    await made.refresh();
    expect(made.inputs).toEqual(inputs);
    expect(made.outputs["data"]).toEqual({ a: "ours", b: "kept", theirs: "added" });
    await expect(edit("edited", { a: "theirs" })).rejects.toThrow(/409 Conflict/);
    const manager = String(made.outputs["__fieldManager"]);
    await api.apply({ ...header("ConfigMap", "edited"), data: { a: "theirs", b: "kept" } }, manager);
    await made.refresh();
    expect(made.inputs["data"]).toEqual({ a: "theirs", b: "kept" });
    expect(Object.keys((await made.plan(program)).detailed)).toEqual(["data.a"]);
    await made.delete();
  });

  it("takes over a field of another client only with patchForce", async () => {
    const program = (patchForce: string) => ({
      metadata: { name: "shared", annotations: { "pulumi.com/patchForce": patchForce } },
      data: { a: "ours" },
    });
    const made = await Managed.create(engine, ConfigMap, program("false"));
    await api.apply({ ...header("ConfigMap", "shared"), data: { a: "theirs" } }, "other", true);
    await made.refresh();
    await expect(made.update(program("false"))).rejects.toThrow(/409 Conflict/);
    await made.update(program("true"));
    expect(made.outputs["data"]).toEqual({ a: "ours" });
    await made.delete();
  });

  it("rejects the create of an existing object and an object without a name", async () => {
    await edit("theirs", {});
    const { inputs } = await engine.check(ConfigMap, { metadata: { name: "theirs" }, data: { a: "1" } });
    await expect(engine.create(ConfigMap, inputs)).rejects.toThrow(
      /ConfigMap default\/theirs is in the cluster already/,
    );
    const { failures } = await engine.check(ConfigMap, { data: {} });
    expect(failures.map(({ property }) => property)).toEqual(["metadata.name"]);
  });
});
