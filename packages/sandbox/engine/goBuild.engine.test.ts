import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goBuild } from "./goBuild";

const hasGo = spawnSync("go", ["version"]).status === 0;
const noGo = "The command `go` is not on PATH.";
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "go-build-"));
  await writeFile(path.join(dir, "go.mod"), "module hello\n\ngo 1.21\n");
  await writeFile(
    path.join(dir, "main.go"),
    'package main\n\nvar who string\n\nfunc main() { println("hello " + who) }\n',
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("goBuild", () => {
  it("builds a program with its variables set and reports progress", async (context) => {
    if (!hasGo) return context.skip(noGo);
    const lines: string[] = [];
    const output = path.join(dir, "hello");
    await goBuild({
      name: "hello",
      moduleDir: dir,
      package: ".",
      variables: { "main.who": "you" },
      output,
      progress: (line) => lines.push(line),
    });
    const { stderr } = await promisify(execFile)(output);
    expect(stderr).toBe("hello you\n");
    expect(lines.at(-1)).toMatch(/^hello: built, \d+ packages compiled/);
  });

  it("reports the error of Go when the package does not exist", async (context) => {
    if (!hasGo) return context.skip(noGo);
    const attempt = goBuild({
      name: "hello",
      moduleDir: dir,
      package: "./nowhere",
      variables: {},
      output: path.join(dir, "none"),
      progress: () => undefined,
    });
    await expect(attempt).rejects.toThrow(/go build failed with code 1: .*nowhere/);
  });

  it("reports that Go is missing when it is not on PATH", async () => {
    const before = process.env["PATH"];
    process.env["PATH"] = dir;
    try {
      const attempt = goBuild({
        name: "hello",
        moduleDir: dir,
        package: ".",
        variables: {},
        output: path.join(dir, "none"),
        progress: () => undefined,
      });
      await expect(attempt).rejects.toThrow("the command `go` is not on PATH");
    } finally {
      process.env["PATH"] = before;
    }
  });
});
