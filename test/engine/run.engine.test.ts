import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEngine, findStepCa, controlPlaneProblem } from "@smallstep-ssh/sandbox";

const root = path.join(__dirname, "../..");

interface Report {
  ok: boolean;
  failure?: string;
  checks: { step: string; name: string; ok: boolean; detail: string }[];
}

describe("sandbox run, with the real engine", () => {
  let missing: string | undefined;
  let dir = "";

  beforeAll(async () => {
    const engine = await findEngine();
    missing = typeof engine === "string" ? engine : await controlPlaneProblem();
    dir = await mkdtemp(path.join(tmpdir(), "sandbox-run-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it("passes every check from preview to destroy", { timeout: 600_000 }, async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const file = path.join(dir, "report.json");
    // Tests next to step-ca's code cover what needs step-ca itself, and are skipped without it.
    const ca = typeof (await findStepCa()) === "string" ? "stand-in" : "step-ca";
    const { code, output } = await sandbox(["--plugins", "stand-in", "--ca", ca, "--report", file]);
    const report = JSON.parse(await readFile(file, "utf8")) as Report;
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.failure).toBeUndefined();
    expect([...new Set(report.checks.map(({ step }) => step))]).toEqual([
      "Preview",
      "Up",
      "Provisioning cycle and switch",
      "Status",
      "Login",
      "The Job's database role",
      "No changes",
      "Lockouts, rejected at preview",
      "Lockout by an emptied group, held",
      "Drift: a mapping edited in the portal",
      "Drift: the team repointed in SQL",
      "Drift: the provisioner removed",
      "No changes after the repairs",
      "Secrets",
      "Graph permissions",
      "Destroy",
    ]);
    expect(output).toContain(`All ${report.checks.length} checks passed`);
    expect(code).toBe(0);
  });
});

function sandbox(args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--conditions=source", "--require", "tsx/cjs", path.join(root, "packages/sandbox/main.ts"), ...args],
      {
        cwd: root,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
