import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as pulumi from "@pulumi/pulumi";
import { findEngine } from "@smallstep-ssh/sandbox";
import { driftCommand } from "../commands/drift";
import { previewCommentCommand } from "../commands/previewComment";
import { statusCommand } from "../commands/status";
import { problemsOf } from "../common/errors";
import { run } from "../test/terminal";
import { collectEvents, openStack, readConfig } from "./stack";

let missing: string | undefined;
let dir = "";
let file = "";
let settings = "";
let binaries = "";
const project = "name: smallstep-ssh-azuread\nruntime: nodejs\n";

/** Sets the environment of the CLI. */
function enter(): void {
  vi.unstubAllEnvs();
  vi.stubEnv("PATH", [binaries, process.env["PATH"]].join(path.delimiter));
  vi.stubEnv("PULUMI_HOME", path.join(dir, "home"));
  vi.stubEnv("PULUMI_SKIP_UPDATE_CHECK", "true");
  vi.stubEnv("PULUMI_BACKEND_URL", `file://${path.join(dir, "state")}`);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "right");
}

beforeAll(async () => {
  const engine = await findEngine();
  if (typeof engine === "string") return void (missing = engine);
  dir = mkdtempSync(path.join(tmpdir(), "engine-stack-"));
  file = path.join(dir, "Pulumi.dev.yaml");
  mkdirSync(path.join(dir, "state"));
  binaries = path.dirname(engine.command.command);
  enter();
  writeFileSync(path.join(dir, "Pulumi.yaml"), project);
  execFileSync("pulumi", ["stack", "init", "dev"], { cwd: dir, stdio: "ignore" });
  execFileSync("pulumi", ["config", "set", "--secret", "a", "b"], { cwd: dir, stdio: "ignore" });
  settings = readFileSync(file, "utf8");
});
afterAll(() => {
  vi.unstubAllEnvs();
  if (dir !== "") rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
  if (missing !== undefined) return;
  enter();
  writeFileSync(path.join(dir, "Pulumi.yaml"), project);
  writeFileSync(file, settings);
});

it("reads a stack whose file lacks the salt of the passphrase, without writing the file", async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const withoutSalt = "config:\n  smallstep-ssh-azuread:tenantId: x # ours\n";
  writeFileSync(file, withoutSalt);
  const args = ["--stack", "dev", "--cwd", dir];
  expect(await run(driftCommand, args)).toMatchObject({ code: 0, err: "" });
  expect(await run(statusCommand, args)).toMatchObject({
    code: 3,
    err: expect.stringContaining('tenantId: "x" is not a GUID') as string,
  });
  expect(await run(previewCommentCommand, args)).toMatchObject({ code: 1, err: "" });
  expect(readFileSync(file, "utf8")).toBe(withoutSalt);
});

it.for([
  ["yaml", ""],
  ["yml", ""],
  ["json", ""],
  ["yaml", "config"],
])(
  "reads the configuration of a project with Pulumi.%s and the stackConfigDir %j",
  async ([extension, folder], context) => {
    if (missing !== undefined) return context.skip(missing);
    const own = path.join(dir, "own");
    mkdirSync(path.join(own, folder ?? ""), { recursive: true });
    const { name, runtime, ...others } = { name: "smallstep-ssh-azuread", runtime: "nodejs", stackConfigDir: folder };
    const described = folder === "" ? { name, runtime } : { name, runtime, ...others };
    writeFileSync(path.join(own, `Pulumi.${extension}`), JSON.stringify(described));
    const valueOf = (key: string) => new RegExp(`${key}: (\\S+)`).exec(settings)?.[1];
    const content = {
      config: { "smallstep-ssh-azuread:a": { secure: valueOf("secure") } },
      encryptionsalt: valueOf("encryptionsalt"),
    };
    writeFileSync(path.join(own, folder ?? "", `Pulumi.dev.${extension}`), JSON.stringify(content));
    expect(await readConfig(await openStack({ stack: "dev", cwd: own }))).toEqual({ "smallstep-ssh-azuread:a": "b" });
    rmSync(own, { recursive: true });
  },
);

it("runs a program in this process without writing the stack's file", async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const secrets: unknown[] = [];
  const stack = await openStack({ stack: "dev", cwd: dir }, async () => {
    secrets.push(await new Promise((resolve) => new pulumi.Config().requireSecret("a").apply(resolve)));
  });
  expect(await collectEvents(stack, "preview")).toMatchObject({ failed: false });
  expect([secrets, readFileSync(file, "utf8")]).toEqual([["b"], settings]);
});

describe("failures of Pulumi", () => {
  const commands = [
    [driftCommand, 2],
    [statusCommand, 3],
    [previewCommentCommand, 2],
  ] as const;
  const inDir = (name: string, content: string) => () => writeFileSync(path.join(dir, name), content);
  const variable = (name: string, value: string | undefined) => () => void vi.stubEnv(name, value);
  /** Lets the backend be Pulumi Cloud's API that signs the user in, and rejects each other request. */
  const backend = (status: number, message: string, signsIn: boolean) => async () => {
    const answers = createServer(({ url }, response) => {
      const ok = signsIn && url === "/api/user";
      response.writeHead(ok ? 200 : status, { "content-type": "application/json" });
      response.end(JSON.stringify(ok ? { githubLogin: "ada", organizations: [] } : { code: status, message }));
    });
    await new Promise<void>((resolve) => answers.listen(0, "127.0.0.1", resolve));
    vi.stubEnv("PULUMI_BACKEND_URL", `http://127.0.0.1:${(answers.address() as AddressInfo).port}`);
    vi.stubEnv("PULUMI_ACCESS_TOKEN", "pul-1234");
    return () => new Promise((resolve) => answers.close(resolve));
  };
  /** Puts a program that prints a text before the CLI on PATH. */
  const otherProgram = (text: string, mode: number) => () => {
    const folder = mkdtempSync(path.join(dir, "bin-"));
    writeFileSync(path.join(folder, "pulumi"), `#!/bin/sh\n${text}\n`, { mode });
    vi.stubEnv("PATH", [folder, "/usr/bin", "/bin"].join(path.delimiter));
  };

  it.for<[string, () => unknown, RegExp, string?]>([
    ["a passphrase that is missing", variable("PULUMI_CONFIG_PASSPHRASE", undefined), /^The passphrase .* is missing/],
    ["a wrong passphrase", variable("PULUMI_CONFIG_PASSPHRASE", "wrong"), /^The passphrase .* is wrong/],
    ["no login", variable("PULUMI_BACKEND_URL", undefined), /^You are not signed in to the backend of the state/],
    ["a rejected token", backend(401, "Unauthorized: No credentials provided", false), /^You are not signed in/],
    ["an expired login", backend(401, "Unauthorized: No credentials provided", true), /^You are not signed in/],
    ["no permission", backend(403, "Forbidden", true), /^The backend of the state or the secrets provider does not/],
    ["another update", backend(409, "Conflict: Another update is currently in progress.", true), /^Another operation/],
    ["a stack that the service lacks", backend(404, "Not found", true), /^The backend of the state has no such stack/],
    ["a stack that the folder lacks", () => undefined, /^The backend of the state has no such stack/, "nope"],
    ["a name that is no stack's", () => undefined, /^The backend of the state has no such stack/, "a/b/c/d"],
    ["a folder that does not exist", variable("PULUMI_BACKEND_URL", "file:///none"), /^The backend .* be reached/],
    [
      "an invalid file of the stack",
      inDir("Pulumi.dev.yaml", "config:\n  a: [\n"),
      /^Pulumi\.yaml or the stack's file/,
    ],
    ["an invalid project", inDir("Pulumi.yaml", "name: [\n"), /^Pulumi\.yaml or the stack's file/],
    [
      "a secret of another salt",
      () => writeFileSync(file, readFileSync(file, "utf8").replace(/^encryptionsalt.*/m, "")),
      /^A secret of the stack's file cannot be decrypted/,
    ],
    ["a program that cannot start", otherProgram("", 0o644), /^The program `pulumi` on PATH cannot be started/],
    ["another program", otherProgram("echo hello", 0o755), /^The program `pulumi` on PATH has an unsupported version/],
    ["a program that fails", otherProgram("echo it broke >&2; exit 1", 0o755), /^Pulumi failed: it broke\.\n$/],
    ["no CLI", variable("PATH", "/usr/bin:/bin"), /^The Pulumi CLI is not on PATH/],
  ])("explains %s", async ([, cause, message, stack = "dev"], context) => {
    if (missing !== undefined) return context.skip(missing);
    for (const [create, code] of commands) {
      const close = await cause();
      const result = await run(create, ["--stack", stack, "--cwd", dir]);
      if (typeof close === "function") await close();
      expect(result).toMatchObject({ code, out: "", err: expect.stringMatching(message) as string });
      expect(result.err).not.toMatch(/code: -2|Unexpected error|Command failed|\n./);
    }
  });

  it("explains a plugin that is missing", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const stack = await openStack({ stack: "dev", cwd: dir });
    const before = await stack.exportStack();
    const urn = (type: string, name: string) => `urn:pulumi:dev::smallstep-ssh-azuread::${type}::${name}`;
    const [providerType, type, id] = ["pulumi:providers:none", "none:index/thing:Thing", randomUUID()];
    const provider = { urn: urn(providerType, "none"), custom: true, id, type: providerType };
    const resource = { urn: urn(type, "a"), custom: true, id, type, provider: `${provider.urn}::${id}` };
    await stack.importStack({ ...before, deployment: { ...before.deployment, resources: [provider, resource] } });
    vi.stubEnv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true");
    const { code, err } = await run(driftCommand, ["--stack", "dev", "--cwd", dir]);
    expect([code, err]).toEqual([2, expect.stringMatching(/^A plugin of Pulumi is missing: .*pulumi-resource-none/)]);
    await stack.importStack(before);
  });

  it("explains a stack that exists already, and a stack that is locked", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const stack = await openStack({ stack: "dev", cwd: dir });
    const messageOf = (operation: Promise<unknown>) => operation.then(String, problemsOf);
    expect(await messageOf(stack.workspace.createStack("dev"))).toEqual([
      expect.stringMatching(/^The backend of the state already has this stack/),
    ]);
    const locks = path.join(dir, "state/.pulumi/locks/organization/smallstep-ssh-azuread/dev");
    mkdirSync(locks, { recursive: true });
    const lock = { pid: 1, username: "ada", hostname: "ci", timestamp: "2026-01-01T00:00:00Z" };
    writeFileSync(path.join(locks, "a.json"), JSON.stringify(lock));
    const [locked, ...others] = await messageOf(stack.refresh());
    expect(locked).toMatch(/^Another operation has locked the stack: .* created by ada@ci \(pid 1\)/);
    expect(others).toEqual([]);
    rmSync(locks, { recursive: true });
  });
});
