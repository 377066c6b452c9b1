import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import * as pulumi from "@pulumi/pulumi";
import { findEngine } from "@smallstep-ssh/sandbox";
import { driftCommand } from "../commands/drift";
import { statusCommand } from "../commands/status";
import { run } from "../test/terminal";
import { collectEvents, openStack } from "./stack";

let missing: string | undefined;
let dir = "";
let file = "";
beforeAll(async () => {
  const engine = await findEngine();
  if (typeof engine === "string") return void (missing = engine);
  dir = mkdtempSync(path.join(tmpdir(), "engine-stack-"));
  file = path.join(dir, "Pulumi.dev.yaml");
  mkdirSync(path.join(dir, "state"));
  writeFileSync(path.join(dir, "Pulumi.yaml"), "name: smallstep-ssh-azuread\nruntime: nodejs\n");
  const folder = path.dirname(engine.command.command);
  vi.stubEnv("PATH", [folder, process.env["PATH"]].join(path.delimiter));
  vi.stubEnv("PULUMI_HOME", path.join(dir, "home"));
  vi.stubEnv("PULUMI_SKIP_UPDATE_CHECK", "true");
  vi.stubEnv("PULUMI_BACKEND_URL", `file://${path.join(dir, "state")}`);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "right");
  execFileSync("pulumi", ["stack", "init", "dev"], { cwd: dir, stdio: "ignore" });
  execFileSync("pulumi", ["config", "set", "--secret", "a", "b"], { cwd: dir, stdio: "ignore" });
});
afterAll(() => {
  vi.unstubAllEnvs();
  if (dir !== "") rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "right"));

it("reads a stack whose file lacks the salt of the passphrase, without writing the file", async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const before = readFileSync(file, "utf8");
  const withoutSalt = "config:\n  smallstep-ssh-azuread:tenantId: x # ours\n";
  writeFileSync(file, withoutSalt);
  const { code, err } = await run(driftCommand, ["--stack", "dev", "--cwd", dir]);
  expect([code, err]).toEqual([0, ""]);
  expect(readFileSync(file, "utf8")).toBe(withoutSalt);
  writeFileSync(file, before);
});

it("runs a program in this process without writing the stack's file", async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const before = readFileSync(file, "utf8");
  const secrets: unknown[] = [];
  const stack = await openStack({ stack: "dev", cwd: dir }, async () => {
    secrets.push(await new Promise((resolve) => new pulumi.Config().requireSecret("a").apply(resolve)));
  });
  expect(await collectEvents(stack, "preview")).toMatchObject({ failed: false });
  expect([secrets, readFileSync(file, "utf8")]).toEqual([["b"], before]);
});

it.each([
  ["missing", undefined, "The passphrase of the stack's secrets is missing"],
  ["wrong", "wrong", "The passphrase of the stack's secrets is wrong"],
])("explains a passphrase that is %s", async (_, passphrase, message) => {
  if (missing !== undefined) return;
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", passphrase);
  for (const [create, code] of [
    [driftCommand, 2],
    [statusCommand, 3],
  ] as const) {
    const result = await run(create, ["--stack", "dev", "--cwd", dir]);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toContain(message);
    expect(result.err).not.toContain("code: -2");
  }
});

it("explains a stack that does not exist", async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const { code, err } = await run(driftCommand, ["--stack", "nope", "--cwd", dir]);
  expect(code).toBe(2);
  expect(err).toMatch(/^The backend of the state has no such stack: check --stack/);
});
