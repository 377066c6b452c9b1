import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.join(__dirname, "../..");
const bin = path.join(__dirname, "bin/smallstep-ssh.js");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** The npm scripts that run a subcommand, and the subcommand. */
const subcommands = Object.entries(scripts).flatMap(([script, command]): [string, string][] => {
  const name = /^node packages\/cli\/bin\/smallstep-ssh\.js ([\w-]+)$/.exec(command)?.[1];
  return name === undefined ? [] : [[script, name]];
});
/** The npm scripts that run another program of the repository, and its file. Third-party tools have their own help. */
const programs = Object.entries(scripts).flatMap(([script, command]): [string, string][] => {
  const file = /\S*\b(bench|sandbox)\/[\w-]+\.ts$/.exec(command)?.[0];
  return file === undefined ? [] : [[script, file]];
});

interface Result {
  code: number;
  out: string;
  err: string;
}

/** Runs Node.js. @param script the npm script that npm names in the environment; "": npm does not run the command */
function node(args: string[], script = ""): Promise<Result> {
  const env = { ...process.env, DEBUG: "", npm_lifecycle_event: script };
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd: root, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    ),
  );
}

function expectHelp(help: Result, wrong: Result): void {
  expect(help).toMatchObject({ code: 0, err: "" });
  expect(help.out).toMatch(/^Usage: /);
  expect(wrong.code).not.toBe(0);
  expect(wrong.err).toMatch(/unknown option '--no-such-option'|required option/);
  expect(wrong.err).not.toMatch(/\n\s+at /);
}

it("defines an npm script for every subcommand", async () => {
  const { out } = await node([bin, "--help"]);
  const listed = [...out.matchAll(/^ {2}([a-z-]+) (?:\[options\] )? +\S/gm)].map(([, name]) => name);
  expect(listed).toEqual(["usernames", "mapping", "adopt", "status", "drift", "preview-comment", "destinations"]);
  expect(new Set(subcommands.map(([, name]) => name))).toEqual(new Set(listed));
  expect(programs.map(([name]) => name)).toEqual(expect.arrayContaining(["sandbox", "bench"]));
});

describe.each(subcommands)("npm run %s", (script, name) => {
  it.each([
    ["as an npm script", script, `npm run ${script} --`],
    ["as smallstep-ssh", "", `smallstep-ssh ${name}`],
  ])("prints help and rejects an unknown option with the command line that was typed: %s", async (_, event, line) => {
    const [help, wrong] = await Promise.all([
      node([bin, name, "--help"], event),
      node([bin, name, "--no-such-option"], event),
    ]);
    expectHelp(help, wrong);
    expect(help.out).toMatch(`Usage: ${line} [options]\n`);
    const other = event === "" ? "npm run" : "smallstep-ssh ";
    expect(help.out).not.toContain(other);
    expect(wrong.err).toMatch(`; see ${line} --help.\n`);
  });
});

describe.each(programs)("npm run %s", (name, file) => {
  it("prints help on request and rejects an unknown option without a stack trace", async () => {
    const command = ["--conditions=source", "--require", "tsx/cjs", path.join(root, file)];
    const [help, wrong] = await Promise.all([node([...command, "--help"]), node([...command, "--no-such-option"])]);
    expectHelp(help, wrong);
    if (name !== "sandbox") return;
    for (const option of ["--keep", "--plugins", "--ca", "--context", "--report"]) expect(help.out).toContain(option);
  });
});

describe("smallstep-ssh", () => {
  it("prints help without arguments and rejects an unknown subcommand without a stack trace", async () => {
    const [help, wrong] = await Promise.all([node([bin]), node([bin, "statuss"])]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toMatch(/^Usage: smallstep-ssh \[options\] \[command\]\n/);
    expect(wrong).toEqual({
      code: 2,
      out: "",
      err: "unknown command 'statuss'\n(Did you mean status?); see smallstep-ssh --help.\n",
    });
  });

  it.each([[["nope", "--help"]], [["help", "nope"]]])("rejects %j", async (args) => {
    const { code, out, err } = await node([bin, ...args]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^unknown command.*; see smallstep-ssh --help\.\n$/);
  });
});
