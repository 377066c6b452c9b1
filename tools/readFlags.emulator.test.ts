import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";

/** Runs a tool in an empty folder, where it could not do its work. */
function runTool(file: string, argument: string) {
  const cwd = mkdtempSync(path.join(tmpdir(), "tool-"));
  const args = [path.join(__dirname, file), argument];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  const written = readdirSync(cwd);
  rmSync(cwd, { recursive: true });
  return { status, stdout, stderr, written };
}

it.each([
  ["build.mjs", "npm run build"],
  ["verify.mjs", "npm run verify"],
])("%s does nothing for --help and for an unknown argument", (file, line) => {
  expect(runTool(file, "--help")).toEqual({
    status: 0,
    stdout: expect.stringMatching(new RegExp(`^Usage: ${line}`)) as string,
    stderr: "",
    written: [],
  });
  for (const argument of ["--bogus", "positional"]) {
    expect(runTool(file, argument)).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`^[^\n]*${argument}[^\n]*\\. Usage: ${line}[^\n]*\n$`)) as string,
      written: [],
    });
  }
});
