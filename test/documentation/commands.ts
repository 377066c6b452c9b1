import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "../..");

/** A command in the documentation. */
export interface Documented {
  file: string;
  command: string;
}

/** Returns the documentation: all Markdown files in the root folder, docs/ and examples/. */
export function documents(): { file: string; text: string }[] {
  const below = ["docs", "examples"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)),
  );
  return [...readdirSync(root), ...below]
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }));
}

/** Returns the commands of all `sh` blocks, with continuation lines joined. */
export function commandsOf({ file, text }: { file: string; text: string }): Documented[] {
  const blocks = [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map((match) => match[1] ?? "");
  return blocks.flatMap((block) => split(block).map((command) => ({ file, command })));
}

/**
 * Returns the commands of all `sh` blocks of one file, in order.
 * @throws Error if the documentation has no such file
 */
export function commandsIn(file: string): string[] {
  const found = documents().filter((document) => document.file === file);
  if (found.length === 0) throw new Error(`The documentation has no file ${file}.`);
  return found.flatMap(commandsOf).map(({ command }) => command);
}

/**
 * Returns the command that equals `start`, or else the first one that starts with it.
 * @throws Error if there is none
 */
export function beginningWith(start: string, commands: readonly string[]): string {
  const found = commands.find((command) => command === start) ?? commands.find((one) => one.startsWith(start));
  if (found === undefined) throw new Error(`The documentation has no command that starts with ${start}`);
  return found;
}

/** Replaces the example names of the documentation in a command. */
export function inOtherNames(command: string, names: readonly (readonly [example: string, name: string])[]): string {
  return names.reduce((text, [example, name]) => text.replaceAll(example, name), command);
}

/** Returns the inline commands (in backticks) that have at least one option or argument. */
export function mentionsOf({ file, text }: { file: string; text: string }): Documented[] {
  const outside = text.replace(/^ *```.*?^ *```/gms, "");
  const spans = [...outside.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? "").replace(/\s+/g, " "));
  return spans
    .filter((span) => /^(npm run|pulumi|(npx )?smallstep-ssh) \S/.test(span))
    .map((command) => ({ file, command }));
}

function split(block: string): string[] {
  const commands: string[] = [];
  let command = "";
  for (const line of block.split("\n")) {
    command += command === "" ? line : `\n${line}`;
    if (command.trim() === "") command = "";
    // The shell decides where a command ends.
    else if (!line.endsWith("\\") && spawnSync("bash", ["-n", "-c", command]).status === 0) {
      commands.push(command.replaceAll(/\\\n\s*/g, ""));
      command = "";
    }
  }
  if (command !== "") throw new Error(`An sh block of the documentation ends with an incomplete command: ${command}`);
  return commands;
}
