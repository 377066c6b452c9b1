import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "../..");

/** What a reader is told to type. */
export interface Documented {
  file: string;
  command: string;
}

/** The documentation: Markdown files at the root, in docs/ and in examples/. */
export function documents(): { file: string; text: string }[] {
  const below = ["docs", "examples"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)),
  );
  return [...readdirSync(root), ...below]
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }));
}

/** The commands of all blocks of shell, each with the lines on which it goes on. */
export function commandsOf({ file, text }: { file: string; text: string }): Documented[] {
  const blocks = [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map((match) => match[1] ?? "");
  return blocks.flatMap((block) => split(block).map((command) => ({ file, command })));
}

/** The commands of all blocks of one file, in order. */
export function commandsIn(file: string): string[] {
  const found = documents().filter((document) => document.file === file);
  if (found.length === 0) throw new Error(`There is no ${file}.`);
  return found.flatMap(commandsOf).map(({ command }) => command);
}

/** The command that begins so; of several, the one that says no more than that where it can. */
export function beginningWith(start: string, commands: readonly string[]): string {
  const found = commands.find((command) => command === start) ?? commands.find((one) => one.startsWith(start));
  if (found === undefined) throw new Error(`The documentation has no command that begins with ${start}`);
  return found;
}

/** A command with what the documentation calls an example replaced by what it is to be. */
export function inOtherNames(command: string, names: readonly (readonly [example: string, name: string])[]): string {
  return names.reduce((text, [example, name]) => text.replaceAll(example, name), command);
}

/** The commands between backticks in the text, with at least one option or argument after the name. */
export function mentionsOf({ file, text }: { file: string; text: string }): Documented[] {
  const outside = text.replace(/^ *```.*?^ *```/gms, "");
  const spans = [...outside.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? "").replace(/\s+/g, " "));
  return spans.filter((span) => /^(npm run|pulumi) \S/.test(span)).map((command) => ({ file, command }));
}

function split(block: string): string[] {
  const commands: string[] = [];
  let command = "";
  for (const line of block.split("\n")) {
    command += command === "" ? line : `\n${line}`;
    if (command.trim() === "") command = "";
    // The shell knows best where a command ends.
    else if (!line.endsWith("\\") && spawnSync("bash", ["-n", "-c", command]).status === 0) {
      commands.push(command.replaceAll(/\\\n\s*/g, ""));
      command = "";
    }
  }
  if (command !== "") throw new Error(`A block of the documentation ends within a command: ${command}`);
  return commands;
}
