import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { findEngine } from "@smallstep-ssh/sandbox";
import { commandsOf, documents, mentionsOf } from "./commands";

const root = path.join(__dirname, "../..");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const commandPage = {
  file: "packages/cli/README.md",
  text: readFileSync(path.join(root, "packages/cli/README.md"), "utf8"),
};
const mentions = [...documents(), commandPage].flatMap((document) => [
  ...mentionsOf(document),
  ...commandsOf(document),
]);
const optionsIn = (text: string) => [...text.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)].map(([option]) => option);

/** Returns the options that a command lists in its help. */
async function optionsOf(program: string, args: string[]): Promise<Set<string>> {
  const { stdout } = await promisify(execFile)(program, args, { cwd: root, maxBuffer: 1024 * 1024 });
  return new Set(stdout.match(/(?<=[\s,])--?[a-zA-Z][a-z-]*/g));
}

/** Returns the options of an npm script, without its build, which would replace programs that other tests start. */
function helpOf(script: string): Promise<Set<string>> {
  const command = script.replace("npm run --silent build:sandbox && ", "");
  return optionsOf("sh", ["-c", `PATH=node_modules/.bin:$PATH ${command} --help`]);
}

describe("documentation", () => {
  it("mentions only npm scripts and options that exist", async () => {
    const wrong: string[] = [];
    const known = new Map<string, Set<string>>();
    const used = mentions.flatMap(({ file, command }) =>
      [...command.matchAll(/npm run (?:--silent )?(\S+)(?: -- ([^|&]*))?/g)].map(([, script, rest]) => ({
        file,
        script: script!,
        options: optionsIn(` ${rest ?? ""}`),
      })),
    );
    expect(used.length).toBeGreaterThan(20);
    for (const { file, script, options } of used) {
      if (scripts[script] === undefined) {
        wrong.push(`${file}: npm run ${script} does not exist`);
        continue;
      }
      if (options.length === 0) continue;
      const has = known.get(script) ?? (await helpOf(scripts[script]));
      known.set(script, has);
      wrong.push(
        ...options
          .filter((option) => !has.has(option))
          .map((option) => `${file}: npm run ${script} has no option ${option}`),
      );
    }
    expect(wrong).toEqual([]);
  });

  it("mentions only subcommands and options of smallstep-ssh that exist", async () => {
    const bin = path.join(root, "packages/cli/bin/smallstep-ssh.js");
    const used = mentions.flatMap(({ file, command }) =>
      [...command.matchAll(/(?<=^|\| |&& |npx )smallstep-ssh ([a-z]\S*)([^|&]*)/g)].map(([, name, rest]) => ({
        file,
        name: name!,
        options: optionsIn(rest ?? ""),
      })),
    );
    expect(used.length).toBeGreaterThan(5);
    const wrong: string[] = [];
    const known = new Map<string, Set<string>>();
    for (const { file, name, options } of used) {
      // An unknown subcommand exits with 2, which rejects.
      const has = known.get(name) ?? (await optionsOf(process.execPath, [bin, name, "--help"]));
      known.set(name, has);
      wrong.push(
        ...options
          .filter((option) => !has.has(option))
          .map((option) => `${file}: smallstep-ssh ${name} has no option ${option}`),
      );
    }
    expect(wrong).toEqual([]);
  });

  it("documents only pulumi commands and flags that exist", async (context) => {
    const engine = await findEngine();
    if (typeof engine === "string") return context.skip(engine);
    const wrong: string[] = [];
    const known = new Map<string, Set<string>>();
    const used = mentions.flatMap(({ file, command }) =>
      [
        ...command.matchAll(
          /(?<=^|\| |&& )pulumi ([a-z]+(?: (?:init|set|select|export|output|rm|rename|delete|untaint|taint)\b)?)([^|&]*)/g,
        ),
      ].map(([, name, rest]) => ({ file, name: name!, options: optionsIn(rest ?? "") })),
    );
    expect(used.length).toBeGreaterThan(20);
    for (const { file, name, options } of used) {
      const has = known.get(name) ?? (await optionsOf(engine.command.command, [...name.split(" "), "--help"]));
      known.set(name, has);
      wrong.push(
        ...options
          .filter((option) => !has.has(option))
          .map((option) => `${file}: pulumi ${name} has no option ${option}`),
      );
    }
    expect(wrong).toEqual([]);
  });
});
