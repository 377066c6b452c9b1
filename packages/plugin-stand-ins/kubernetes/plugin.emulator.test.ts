import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";
import { kubernetes } from "./plugin";

const ConfigMap = "kubernetes:core/v1:ConfigMap";
const content = {
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:2", "insecure-skip-tls-verify": true } }],
  users: [{ name: "u", user: { token: "a-token" } }],
  contexts: [{ name: "one", context: { cluster: "c", user: "u" } }],
  "current-context": "one",
};

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

  /** Starts the plugin with a kubeconfig of the given text, or without one. */
  async function start(text: string | undefined, settings: WireValue = {}): Promise<TestEngine> {
    const kubeconfig = path.join(dir, `config-${engines.length}`);
    if (text !== undefined) writeFileSync(kubeconfig, text);
    const engine = await TestEngine.start(kubernetes());
    engines.push(engine);
    await engine.configure({ kubeconfig, ...settings });
    return engine;
  }

  it("previews objects without a reachable cluster and reports the missing cluster on create", async () => {
    for (const [engine, message] of [
      [
        await start(JSON.stringify(content)),
        /The Kubernetes API at http:\/\/127\.0\.0\.1:2 cannot be reached: .*ECONNREFUSED/,
      ],
      [await start(undefined), /kubeconfig: the file cannot be read \(ENOENT\)/],
      // The parser's message would quote the file.
      [await start("users: [{name: u, user: {token: hush-hush}}\n  : - {"), /^(?!.*hush).*kubeconfig/s],
      [
        await start(JSON.stringify(content), { context: "three" }),
        /context: the kubeconfig has no context "three" \(known: one\)/,
      ],
    ] as const) {
      const { inputs, failures } = await engine.check(ConfigMap, { metadata: { name: "x" }, data: { a: "1" } });
      expect(failures).toEqual([]);
      expect((await engine.create(ConfigMap, inputs, { preview: true })).outputs).toEqual(inputs);
      await expect(engine.create(ConfigMap, inputs)).rejects.toThrow(message);
    }
  });
});
