import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findStaleSource } from "./staleBuild";

let root = "";
const old = new Date("2026-01-01T00:00:00Z");
const later = new Date("2026-01-01T00:00:01Z");

async function write(file: string, time: Date): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), "");
  await utimes(path.join(root, file), time, time);
}

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "built-"));
  const folders = ["components", "stack", "packages/entra-mappings/expression", "packages/usersync", "packages/cli"];
  for (const folder of folders) await write(`${folder}/a.ts`, old);
  await write("index.ts", old);
  await write("dist/stamp", old);
});
afterEach(() => rm(root, { recursive: true, force: true }));

it("finds no stale source when nothing has changed since the build", () => {
  expect(findStaleSource(root, "dist/stamp")).toBeUndefined();
});

it.each(["packages/entra-mappings/expression/a.ts", "index.ts", "packages/usersync/new/b.ts", "packages/cli/main.ts"])(
  "finds %s when it has changed since the build",
  async (file) => {
    await write(file, later);
    expect(findStaleSource(root, "dist/stamp")).toBe(file);
  },
);

it("ignores changes to tests, to builds, and to files other than TypeScript", async () => {
  await write("packages/entra-mappings/dist/a.d.ts", later);
  await write("packages/entra-mappings/expression/a.test.ts", later);
  await write("stack/notes.md", later);
  expect(findStaleSource(root, "dist/stamp")).toBeUndefined();
});
