import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import manifest from "@pulumi/kubernetes/package.json";
import { TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";
import { kubernetes } from "./plugin";
import { checkSettings, readKubeconfig, readSettings } from "./settings";
import { version } from "./version";

const ConfigMap = "kubernetes:core/v1:ConfigMap";
const kubeconfig = (server: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "a-token" } }],
    contexts: [
      { name: "one", context: { cluster: "c", user: "u" } },
      { name: "two", context: { cluster: "c", user: "u", namespace: "of-two" } },
    ],
    "current-context": "one",
  });

describe("kubernetes stand-in", () => {
  let dir: string;
  const engines: TestEngine[] = [];
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), "kubernetes-plugin-"));
  });
  afterAll(() => {
    for (const engine of engines) engine.close();
    rmSync(dir, { recursive: true });
  });

  async function start(settings: WireValue): Promise<TestEngine> {
    const engine = await TestEngine.start(kubernetes({ env: {} }));
    engines.push(engine);
    await engine.configure(settings);
    return engine;
  }

  it("reports the version of the npm package @pulumi/kubernetes", () => {
    expect(version).toBe(manifest.version);
  });

  it("reads the content, context and namespace of a kubeconfig", () => {
    const content = kubeconfig("https://localhost:1");
    expect(readKubeconfig({ kubeconfig: content }, {}).namespace).toBe("default");
    expect(readKubeconfig({ kubeconfig: content, context: "two" }, {}).namespace).toBe("of-two");
    expect(readKubeconfig({ kubeconfig: content, context: "two", namespace: "mine" }, {}).namespace).toBe("mine");
    expect(() => readKubeconfig({ kubeconfig: content, context: "three" }, {})).toThrow(
      'context: the kubeconfig has no context "three" (known: one, two).',
    );
    expect(() => readKubeconfig({ kubeconfig: "/nowhere/config" }, {})).toThrow(/^kubeconfig: /);
  });

  it("does not quote an invalid kubeconfig in the error", () => {
    const broken = `users: [{name: u, user: {token: hush-hush}}\n  : - {`;
    expect(() => readKubeconfig({ kubeconfig: broken }, {})).toThrow(/^(?!.*hush).*kubeconfig/s);
  });

  it("reads booleans from the environment and names each invalid setting", () => {
    expect(readSettings({}, { PULUMI_K8S_ENABLE_SECRET_MUTABLE: "true" })).toMatchObject({ enableSecretMutable: true });
    const failures = checkSettings({ enableServerSideApply: false, context: 1, helmReleaseSettings: {} });
    expect(failures.map(({ property }) => property).sort()).toEqual([
      "context",
      "enableServerSideApply",
      "helmReleaseSettings",
    ]);
  });

  it("previews objects without a reachable cluster and reports the missing cluster on create", async () => {
    const engine = await start({ kubeconfig: kubeconfig("http://127.0.0.1:9") });
    const { inputs } = await engine.check(ConfigMap, { metadata: { name: "x" }, data: { a: "1" } });
    expect((await engine.create(ConfigMap, inputs, { preview: true })).outputs).toEqual(inputs);
    await expect(engine.create(ConfigMap, inputs)).rejects.toThrow(
      /The Kubernetes API at http:\/\/127\.0\.0\.1:9 cannot be reached: .*ECONNREFUSED/,
    );
    const later = await start({ kubeconfig: path.join(dir, "later") });
    expect((await later.check(ConfigMap, { metadata: { name: "x" } })).failures).toEqual([]);
    expect((await later.create(ConfigMap, inputs, { preview: true })).outputs).toEqual(inputs);
    await expect(later.create(ConfigMap, inputs)).rejects.toThrow(/kubeconfig: is neither/);
  });

  it("retries a request after 429", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked++;
      const busy = asked < 3;
      response.writeHead(busy ? 429 : 200, { "retry-after": "0", "content-type": "application/json" });
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "default" } };
      response.end(JSON.stringify(busy ? { kind: "Status", message: "too many requests" } : object));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const engine = await start({ kubeconfig: kubeconfig(`http://127.0.0.1:${port}`) });
      expect((await engine.read(ConfigMap, "default/x")).inputs["metadata"]).toEqual({
        name: "x",
        namespace: "default",
      });
      expect(asked).toBe(3);
    } finally {
      server.close();
    }
  });
});
