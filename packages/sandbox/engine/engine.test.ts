import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineKey, engineVersion, obtainEngine } from "./engine";

let dir: string;
const before = { path: process.env["PATH"], engine: process.env["USERSYNC_ENGINE"] };

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "engine-"));
  delete process.env["USERSYNC_ENGINE"];
  process.env["PATH"] = `${dir}:/usr/bin:/bin`;
});
afterEach(async () => {
  process.env["PATH"] = before.path;
  if (before.engine === undefined) delete process.env["USERSYNC_ENGINE"];
  else process.env["USERSYNC_ENGINE"] = before.engine;
  await rm(dir, { recursive: true, force: true });
});

/** Writes a program that prints a version for `pulumi version`. */
async function placePulumi(file: string, version: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho v${version}\n`);
  await chmod(file, 0o755);
}

async function seedCache(): Promise<string> {
  const entry = path.join(dir, "cache", engineKey());
  await placePulumi(path.join(entry, "bin", "pulumi"), engineVersion);
  await writeFile(path.join(entry, "obtained.json"), '{"how":"built"}');
  return entry;
}

describe("obtainEngine", () => {
  it("uses the engine on PATH when its version is recent", async () => {
    await placePulumi(path.join(dir, "pulumi"), "3.230.0");
    const engine = await obtainEngine({ progress: () => undefined, cacheDir: path.join(dir, "cache") });
    expect(engine).toMatchObject({ how: "path", version: "3.230.0" });
    expect(engine.command.command).toBe("pulumi");
  });

  it("uses the cached engine when the engine on PATH is too old", async () => {
    await placePulumi(path.join(dir, "pulumi"), "3.100.0");
    const entry = await seedCache();
    const engine = await obtainEngine({ progress: () => undefined, cacheDir: path.join(dir, "cache") });
    expect(engine).toMatchObject({ how: "built", version: engineVersion });
    expect(engine.command.command).toBe(path.join(entry, "bin", "pulumi"));
  });

  it("reports that no engine is available when USERSYNC_ENGINE is off", async () => {
    process.env["USERSYNC_ENGINE"] = "off";
    const attempt = obtainEngine({ progress: () => undefined });
    await expect(attempt).rejects.toThrow(
      expect.objectContaining({ name: "ObtainError", reasons: ["USERSYNC_ENGINE is set to off"] }),
    );
  });
});
