import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import { isSecret, secret, startTestCluster, type TestCluster } from "./testing";

const Namespace = "kubernetes:core/v1:Namespace";
const ConfigMap = "kubernetes:core/v1:ConfigMap";
const Secret = "kubernetes:core/v1:Secret";
const ServiceAccount = "kubernetes:core/v1:ServiceAccount";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("Kubernetes objects", () => {
  let cluster: TestCluster | string;
  let api: TestCluster["api"];
  let start: TestCluster["engine"];
  let engine: TestEngine;
  beforeAll(async () => {
    cluster = await startTestCluster();
    if (typeof cluster === "string") return;
    ({ api, engine: start } = cluster);
    engine = await start();
  });
  beforeEach(({ skip }) => {
    if (typeof cluster === "string") skip(`No cluster is available: ${cluster}`);
  });
  afterAll(() => (typeof cluster === "object" ? cluster.close() : undefined));

  async function make(token: string, inputs: WireValue, from = engine) {
    const checked = await from.check(token, inputs);
    expect(checked.failures).toEqual([]);
    return { token, inputs: checked.inputs, ...(await from.create(token, checked.inputs)) };
  }
  type Made = Awaited<ReturnType<typeof make>>;
  const diff = (made: Made, news: WireValue, from = engine) =>
    from.diff(made.token, made.id, made.inputs, made.outputs, news);
  const end = (made: Made) => engine.delete(made.token, made.id, made.inputs, made.outputs);
  const configMaps = "/api/v1/namespaces/default/configmaps";
  /** Changes an object as `kubectl edit` does. */
  const edit = (path: string, object: WireValue) =>
    api.apply(path, object as never, { fieldManager: "kubectl-edit", force: true });
  const managers = (outputs: WireValue) =>
    ((outputs["metadata"] as WireValue)["managedFields"] as WireValue[]).map(({ manager, operation }) => [
      manager,
      operation,
    ]);

  it("creates, reads, updates and deletes a namespace", async () => {
    const made = await make(Namespace, { metadata: { name: "life", labels: { a: "1" } } });
    expect(made.id).toBe("life");
    expect(made.outputs).toMatchObject({ kind: "Namespace", status: { phase: "Active" } });
    const manager = made.outputs["__fieldManager"];
    expect(manager).toMatch(/^pulumi-kubernetes-[0-9a-f]{8}$/);
    expect(managers(made.outputs)).toContainEqual([manager, "Apply"]);

    const read = await engine.read(Namespace, made.id, made.inputs, made.outputs);
    expect(read.inputs).toEqual(made.inputs);
    expect((await diff({ ...made, ...read }, made.inputs)).changes).toBe("none");

    const wanted = { ...made.inputs, metadata: { name: "life", labels: { b: "2" } } };
    const changed = await diff(made, wanted);
    expect(Object.keys(changed.detailed).sort()).toEqual(["metadata.labels.a", "metadata.labels.b"]);
    expect(changed.replaces).toEqual([]);
    const preview = await engine.update(Namespace, made.id, made.inputs, made.outputs, wanted, { preview: true });
    const { uid } = made.outputs["metadata"] as WireValue;
    expect(preview["metadata"]).toMatchObject({ uid, labels: { b: "2" } });
    expect((await api.get("/api/v1/namespaces/life"))!["metadata"]).toMatchObject({ labels: { a: "1" } });
    const outputs = await engine.update(Namespace, made.id, made.inputs, made.outputs, wanted);
    expect((outputs["metadata"] as WireValue)["labels"]).toEqual({ b: "2", "kubernetes.io/metadata.name": "life" });

    await engine.delete(Namespace, made.id, wanted, outputs);
    expect(await api.get("/api/v1/namespaces/life")).toBeUndefined();
    expect((await engine.read(Namespace, made.id, wanted, outputs)).id).toBe("");
    await engine.delete(Namespace, made.id, wanted, outputs);
  });

  it("previews a ConfigMap as the API returns it without creating it", async () => {
    const { inputs } = await engine.check(ConfigMap, { metadata: { name: "previewed" }, data: { a: "1" } });
    const preview = await engine.create(ConfigMap, inputs, { preview: true });
    expect(preview.outputs).toMatchObject({ kind: "ConfigMap", data: { a: "1" }, metadata: { namespace: "default" } });
    expect(preview.outputs["metadata"]).not.toHaveProperty("uid");
    expect(await api.get(`${configMaps}/previewed`)).toBeUndefined();

    // A preview reports what the API rejects, but not problems that the update can resolve.
    const wrong = (await engine.check(ConfigMap, { metadata: { name: "Not A Name" } })).inputs;
    await expect(engine.create(ConfigMap, wrong, { preview: true })).rejects.toThrow(/422 Invalid: .*Not A Name/);
    for (const early of [
      { metadata: { name: "early", namespace: "to-be-made" }, data: { a: "1" } },
      { metadata: { name: "early" }, data: { a: unknown } },
    ]) {
      const checked = (await engine.check(ConfigMap, early)).inputs;
      expect((await engine.create(ConfigMap, checked, { preview: true })).outputs).toEqual(checked);
    }
  });

  it("generates a name with a random suffix when the program sets none and keeps it", async () => {
    const first = await engine.check(ConfigMap, { data: {} });
    expect(first.inputs).toMatchObject({
      metadata: { name: expect.stringMatching(/^it-[0-9a-f]{8}$/), annotations: { "pulumi.com/autonamed": "true" } },
    });
    const made = await make(ConfigMap, { data: { a: "1" } });
    const again = await engine.check(ConfigMap, { data: { a: "2" } }, made.inputs);
    expect(again.inputs["metadata"]).toEqual(made.inputs["metadata"]);
    // A replacement can be created first, because the engine requests a new name for it.
    const changed = await diff(made, again.inputs);
    expect(changed).toMatchObject({ replaces: ["data"], deleteBeforeReplace: false });
    await end(made);
  });

  it("uses the namespace of the program, of the provider or the default namespace", async () => {
    const inNamespace = await start({ namespace: "kube-public" });
    const metadata = async (from: TestEngine, given: WireValue) =>
      (await from.check(ServiceAccount, { metadata: given })).inputs["metadata"];
    expect(await metadata(inNamespace, { name: "a" })).toEqual({ name: "a", namespace: "kube-public" });
    expect(await metadata(inNamespace, { name: "a", namespace: "b" })).toEqual({ name: "a", namespace: "b" });
    expect(await metadata(engine, { name: "a" })).toEqual({ name: "a", namespace: "default" });
    const made = await make(ServiceAccount, { metadata: { name: "account" } });
    expect(made.id).toBe("default/account");
    expect((await diff(made, { ...made.inputs, metadata: { name: "account" } })).changes).toBe("none");
    const moved = await diff(made, { ...made.inputs, metadata: { name: "account", namespace: "kube-public" } });
    expect(moved).toMatchObject({ replaces: ["metadata"], deleteBeforeReplace: false });
    await end(made);
  });

  it("replaces a ConfigMap or Secret when its data changes unless the provider setting makes it mutable", async () => {
    const mutable = await start({ enableConfigMapMutable: true, enableSecretMutable: true });
    for (const [token, before, after] of [
      [ConfigMap, { data: { a: "1" } }, { data: { a: "2" } }],
      [ConfigMap, { data: { a: "1" } }, { data: { a: "1" }, binaryData: { b: "Yg==" } }],
      [Secret, { stringData: { a: "1" } }, { stringData: { a: "2" } }],
      [Secret, { data: { a: "YQ==" } }, { data: { a: "Yg==" } }],
    ] as const) {
      const made = await make(token, { metadata: { name: "data" }, ...before });
      const wanted = (await engine.check(token, { metadata: { name: "data" }, ...after }, made.inputs)).inputs;
      expect(await diff(made, wanted)).toMatchObject({ changes: "some", deleteBeforeReplace: true });
      expect((await diff(made, wanted)).replaces).toHaveLength(1);
      expect((await diff(made, wanted, mutable)).replaces).toEqual([]);
      expect((await diff(made, { ...wanted, immutable: true }, mutable)).replaces).toHaveLength(1);
      const outputs = await mutable.update(token, made.id, made.inputs, made.outputs, wanted);
      const read = await mutable.read(token, made.id, wanted, outputs);
      expect((await diff({ ...made, ...read }, wanted)).changes).toBe("none");
      await end(made);
    }
  });

  it("keeps the data of a Secret secret and deletes the keys that the program removes", async () => {
    const inputs = { metadata: { name: "hush" }, stringData: { a: secret("text-a"), b: secret("text-b") } };
    const made = await make(Secret, inputs);
    expect(JSON.stringify(await api.get("/api/v1/namespaces/default/secrets/hush"))).toContain(
      Buffer.from("text-a").toString("base64"),
    );
    expect(isSecret(made.outputs["data"])).toBe(true);
    const read = await engine.read(Secret, made.id, made.inputs, made.outputs);
    expect(isSecret(read.inputs["stringData"])).toBe(true);
    expect((await diff({ ...made, ...read }, made.inputs)).changes).toBe("none");
    // The same content in `data` is no change.
    const asData = {
      a: secret(Buffer.from("text-a").toString("base64")),
      b: secret(Buffer.from("text-b").toString("base64")),
    };
    const { stringData: _text, ...rest } = made.inputs;
    expect((await diff(made, { ...rest, data: asData })).changes).toBe("none");

    const mutable = await start({ enableSecretMutable: true });
    const wanted = { ...made.inputs, stringData: { a: secret("text-a") } };
    await mutable.update(Secret, made.id, made.inputs, made.outputs, wanted);
    expect(Object.keys((await api.get("/api/v1/namespaces/default/secrets/hush"))!["data"] as WireValue)).toEqual([
      "a",
    ]);
    await end(made);
  });

  it("reports external changes of declared fields and ignores added fields", async () => {
    const mutable = await start({ enableConfigMapMutable: true });
    const made = await make(ConfigMap, { metadata: { name: "edited" }, data: { a: "ours", b: "kept" } });
    const header = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "edited" } };
    await edit(`${configMaps}/edited`, { ...header, data: { theirs: "added" } });
    const added = await engine.read(ConfigMap, made.id, made.inputs, made.outputs);
    expect(added.inputs).toEqual(made.inputs);
    expect(added.outputs["data"]).toEqual({ a: "ours", b: "kept", theirs: "added" });

    await edit(`${configMaps}/edited`, { ...header, data: { a: "theirs" } });
    const read = await engine.read(ConfigMap, made.id, made.inputs, made.outputs);
    expect(read.inputs["data"]).toEqual({ a: "theirs", b: "kept" });
    const drifted = { ...made, ...read };
    expect(Object.keys((await diff(drifted, made.inputs)).detailed)).toEqual(["data.a"]);
    const back = () => mutable.update(ConfigMap, made.id, read.inputs, read.outputs, made.inputs);
    await expect(back()).rejects.toThrow(
      /another field manager owns fields of this object\. Set the annotation pulumi\.com\/patchForce/,
    );
    const forcing = await start({ enableConfigMapMutable: true, enablePatchForce: true });
    const outputs = await forcing.update(ConfigMap, made.id, read.inputs, read.outputs, made.inputs);
    expect(outputs["data"]).toMatchObject({ a: "ours" });
    await end(made);
  });

  it("rejects the create of an existing object unless upsertExistingObjects is true", async () => {
    await edit(`${configMaps}/theirs`, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs" } });
    const { inputs } = await engine.check(ConfigMap, { metadata: { name: "theirs" }, data: { a: "1" } });
    await expect(engine.create(ConfigMap, inputs)).rejects.toThrow(
      /ConfigMap default\/theirs is in the cluster already/,
    );
    const made = await make(ConfigMap, inputs, await start({ upsertExistingObjects: true }));
    expect(made.outputs["data"]).toEqual({ a: "1" });
    await end(made);
  });

  it("imports an object by its id", async () => {
    await edit(`${configMaps}/found`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "found" },
      data: { a: "1" },
    });
    const read = await engine.read(ConfigMap, "default/found");
    expect(read.inputs).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "found", namespace: "default" },
      data: { a: "1" },
    });
    await engine.delete(ConfigMap, read.id, read.inputs, read.outputs);
    expect(await api.get(`${configMaps}/found`)).toBeUndefined();
  });

  it("waits for a deleted object with finalizers and names the finalizers after the timeout", async () => {
    const made = await make(ConfigMap, {
      metadata: { name: "held", annotations: { "pulumi.com/timeoutSeconds": "1" }, finalizers: ["example.org/hold"] },
    });
    await expect(end(made)).rejects.toThrow(
      /ConfigMap default\/held still exists after 1 s \(finalizers: .*example\.org\/hold.*\)/,
    );
    const released = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "held" } };
    await api.apply(`${configMaps}/held`, released, {
      fieldManager: String(made.outputs["__fieldManager"]),
      force: true,
    });
    await end(made);
    expect(await api.get(`${configMaps}/held`)).toBeUndefined();
  });

  it("rejects an object of the wrong kind or with generateName", async () => {
    const { failures } = await engine.check(ConfigMap, { kind: "Secret", metadata: { generateName: "x-" } });
    expect(failures.map(({ property }) => property)).toEqual(["kind", "metadata.generateName"]);
  });
});
