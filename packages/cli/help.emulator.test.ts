import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.join(__dirname, "../..");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Scripts that run the repository's own commands. Third-party tools have their own help. */
const commands = Object.entries(scripts).filter(([, command]) => /\b(cli|bench|sandbox)\/[\w-]+\.ts$/.test(command));

function ran(command: string, args: string[]): Promise<{ code: number; out: string; err: string }> {
  const file = /\S+\.ts$/.exec(command)?.[0] ?? "";
  const env = { ...process.env, DEBUG: "" };
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      ["--conditions=source", "--require", "tsx/cjs", path.join(root, file), ...args],
      { cwd: root, env },
      (error, out, err) => resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    ),
  );
}

it("defines an npm script for every command", () => {
  expect(commands.map(([name]) => name)).toEqual(
    expect.arrayContaining(["sandbox", "usernames", "mapping", "bench", "drift", "preview:comment", "status"]),
  );
});

describe.each(commands)("npm run %s", (_, command) => {
  it("prints help on request and rejects an unknown option without a stack trace", async () => {
    const [help, wrong] = await Promise.all([ran(command, ["--help"]), ran(command, ["--no-such-option"])]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toMatch(/^Usage: /);
    expect(wrong.code).not.toBe(0);
    expect(wrong.err).toMatch(/unknown option '--no-such-option'|required option/);
    expect(wrong.err).not.toMatch(/\n\s+at /);
  });
});
