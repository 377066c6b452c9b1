import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { TestEngine, WireValue } from "@smallstep-ssh/usersync/testing";
import { secret } from "../azuread/testing";
import { startTestCluster, type TestCluster } from "./testing";

const Job = "kubernetes:batch/v1:Job";
describe("Kubernetes Job", () => {
  let cluster: TestCluster | string;
  let api: TestCluster["api"];
  let start: TestCluster["engine"];
  const liveJob = (name: string) =>
    api.get({ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: "default" } });
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

  const job = (
    name: string,
    script: string,
    more: { annotations?: WireValue; image?: string; env?: WireValue[] } = {},
  ): WireValue => ({
    metadata: { name, ...(more.annotations ? { annotations: more.annotations } : {}) },
    spec: {
      backoffLimit: 0,
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "work",
              image: more.image ?? "shell",
              command: ["sh", "-c", script],
              // Without this, the error shows only what the container wrote to the termination log.
              terminationMessagePolicy: "FallbackToLogsOnError",
              resources: { limits: { cpu: "500m", memory: "1Gi" } },
              ...(more.env ? { env: more.env } : {}),
            },
          ],
        },
      },
    },
  });
  const checked = async (inputs: WireValue) => (await engine.check(Job, inputs)).inputs;
  async function make(inputs: WireValue, options: { timeout?: number } = {}) {
    const wanted = await checked(inputs);
    return { inputs: wanted, ...(await engine.create(Job, wanted, options)) };
  }

  it("creates a Job, waits until it is complete, reads it without a difference and deletes it with its Pods", async () => {
    const made = await make(job("succeeds", "echo done"));
    expect(made.outputs["status"]).toMatchObject({ succeeded: 1 });
    const read = await engine.read(Job, made.id, made.inputs, made.outputs);
    expect(read.inputs).toEqual(made.inputs);
    expect((await engine.diff(Job, made.id, read.inputs, read.outputs, made.inputs)).changes).toBe("none");

    const other = await checked(job("succeeds", "echo other"));
    const diff = await engine.diff(Job, made.id, made.inputs, made.outputs, other);
    expect(diff).toMatchObject({ replaces: ["spec"], deleteBeforeReplace: true });
    const preview = await engine.create(Job, other, { preview: true });
    expect(preview.outputs["spec"]).toEqual(other["spec"]);
    const tuned = await checked({ ...job("succeeds", "echo done") });
    Object.assign(tuned["spec"] as WireValue, { activeDeadlineSeconds: 60 });
    expect((await engine.diff(Job, made.id, made.inputs, made.outputs, tuned)).replaces).toEqual([]);

    await engine.delete(Job, made.id, made.inputs, made.outputs);
    expect(await liveJob("succeeds")).toBeUndefined();
    expect(await api.podsOf(made.outputs as never)).toEqual([]);
  });

  it("reports the last output of a failed Job without secrets and keeps the Job in the state", async () => {
    const env = [{ name: "PASSWORD", value: secret("hush-hush-hush") }];
    const script = 'echo "no such team: acme"; echo "tried with $PASSWORD"; exit 3';
    const inputs = await checked(job("fails", script, { env }));
    const error = (await engine.create(Job, inputs).catch((one: unknown) => one)) as Error & { metadata: never };
    expect(error.message).toMatch(/Job default\/fails was created but did not succeed: \[BackoffLimitExceeded\]/);
    expect(error.message).toMatch(/Pod fails-\w+, container work: ended with exit code 3/);
    expect(error.message).toContain("no such team: acme");
    expect(error.message).toContain("tried with [secret]");
    expect(error.message).not.toContain("hush-hush-hush");

    const live = (await liveJob("fails")) as WireValue;
    await expect(engine.read(Job, "default/fails", inputs, live)).rejects.toThrow(/did not succeed/);
    const diff = await engine.diff(Job, "default/fails", inputs, live, inputs);
    expect(diff.changes).toBe("none");
    const annotations = { "pulumi.com/replaceUnready": "true" };
    const again = { ...inputs, metadata: { ...(inputs["metadata"] as WireValue), annotations } };
    expect((await engine.diff(Job, "default/fails", again, live, again)).replaces).toEqual(["metadata"]);
    await engine.delete(Job, "default/fails", inputs, live);
    expect(await liveJob("fails")).toBeUndefined();
  });

  it("reports neither the output of an init container nor the log when a Job fails", async () => {
    const inputs = await checked(job("hides", "true"));
    const { template } = inputs["spec"] as {
      template: { spec: { containers: WireValue[]; initContainers?: WireValue[] } };
    };
    const [work] = template.spec.containers;
    template.spec.initContainers = [{ ...work, name: "first", command: ["sh", "-c", "echo hidden words; exit 4"] }];
    const error = (await engine.create(Job, inputs).catch((one: unknown) => one)) as Error;
    expect(error.message).toMatch(/Job default\/hides was created but did not succeed: \[BackoffLimitExceeded\]/);
    expect(error.message).not.toContain("hidden words");
    await engine.delete(Job, "default/hides", inputs, {});
  });

  it("reports the waiting reason when a Job reaches its timeout", async () => {
    const inputs = await checked(job("waits", "true", { image: "nobody/knows:1" }));
    await expect(engine.create(Job, inputs, { timeout: 2 })).rejects.toThrow(
      /After 2 s it is not complete \(active: 1.*container work: waits \((ErrImagePull|ImagePullBackOff): failed to pull/s,
    );
    await engine.delete(Job, "default/waits", inputs, {});
    expect(await liveJob("waits")).toBeUndefined();
  });

  it("does not wait for a Job with the annotation skipAwait", async () => {
    const made = await make(job("asleep", "sleep 600", { annotations: { "pulumi.com/skipAwait": "true" } }));
    expect((await engine.read(Job, made.id, made.inputs, made.outputs)).id).toBe("default/asleep");
    await engine.delete(Job, made.id, made.inputs, made.outputs);
    expect(await liveJob("asleep")).toBeUndefined();
  });

  it("keeps a Job in the state when the engine cancels the wait", async () => {
    const cancelled = await start();
    const inputs = await checked(job("cancelled", "sleep 600"));
    const creating = cancelled.create(Job, inputs).catch((one: Error) => one);
    while ((await liveJob("cancelled")) === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    await cancelled.cancel();
    expect(String(await creating)).toMatch(/cancelled before the Job completed/);
    await engine.delete(Job, "default/cancelled", inputs, {});
    expect(await liveJob("cancelled")).toBeUndefined();
  });
});
