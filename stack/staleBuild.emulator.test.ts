import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, it } from "vitest";
import { findStaleSource } from "./staleBuild";

let root = "";
const file = (name: string) => path.join(root, name);

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "built-"));
  await writeFile(file("b.ts"), "export const b = 1;\n");
  await writeFile(file("a.ts"), 'import { b } from "./b";\nconsole.log(b);\n');
  // As tools/build.mjs does.
  const bundle = path.join(__dirname, "../tools/bundle.mjs");
  const script = `const { bundle, recordSources } = await import(${JSON.stringify(bundle)});
    const options = { bundle: true, entryPoints: ["a.ts"], outfile: "dist/a.js" };
    recordSources("dist/built", Date.now(), [await bundle(options)]);`;
  execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: root });
  return () => rm(root, { recursive: true, force: true });
});
const stale = () => findStaleSource(root, "dist/built");

it("finds no stale source when no content has changed, whatever the modification times", async () => {
  expect(Object.keys(JSON.parse(await readFile(file("dist/built"), "utf8")) as object).sort()).toEqual([
    "a.ts",
    "b.ts",
  ]);
  const later = new Date(Date.now() + 3_600_000);
  await utimes(file("a.ts"), later, later);
  await writeFile(file("b.ts"), "changed");
  await writeFile(file("b.ts"), "export const b = 1;\n");
  await writeFile(file("a.test.ts"), "");
  expect(stale()).toBeUndefined();
});

it("finds a changed source with an old modification time, and a deleted one", async () => {
  await writeFile(file("b.ts"), "export const b = 2;\n");
  const before = new Date("2026-01-01T00:00:00Z");
  await utimes(file("b.ts"), before, before);
  expect(stale()).toBe("b.ts");
  await rm(file("b.ts"));
  expect(stale()).toBe("b.ts");
});
