import { readFile, writeFile } from "node:fs/promises";
import { guarded } from "../common/command";
import { CliError } from "../common/errors";
import { cut, fit } from "../common/fit";
import type { Terminal } from "../common/terminal";
import { readChanges } from "../engine/changes";
import type { Told } from "../engine/stack";
import { addSummary, hostOf, provenance } from "../hosts/options";
import { longestBody, markerFor } from "../hosts/types";
import { readOptions, type PreviewOptions } from "./options";
import { previewMarkdown, type Preview } from "./report";

export const exitCodes = { succeeded: 0, failed: 1, wrong: 2 } as const;

/** Previews, with the program run in this process. */
export type PreviewStack = (
  options: Pick<PreviewOptions, "stack" | "cwd">,
) => Promise<Told & Pick<Preview, "usernames">>;

/** Room for the marker. */
const reserve = 500;

/** Runs the command and gives its exit code. */
export function run(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  preview: PreviewStack,
): Promise<number> {
  return guarded(terminal, exitCodes.wrong, async () => {
    const options = readOptions(argv);
    const host = hostOf(options, env);
    const { text, failed } =
      options.input === undefined ? await previewed(options, env, preview) : await earlier(options.input);
    if (options.input === undefined) {
      await terminal.write(text);
      await addSummary(text, env);
      if (options.output !== undefined) await writeFile(options.output, text);
    }
    if (host !== undefined)
      terminal.writeError(`${await host.putComment(markerFor("preview", options.stack), text)}\n`);
    return failed ? exitCodes.failed : exitCodes.succeeded;
  });
}

async function previewed(options: PreviewOptions, env: NodeJS.ProcessEnv, preview: PreviewStack) {
  const { events, failed, usernames } = await preview(options);
  const content = {
    stack: options.stack,
    changes: readChanges(events),
    failed,
    footer: provenance(env),
    usernames,
  };
  return { text: fit((rows) => previewMarkdown(content, rows), longestBody - reserve), failed };
}

async function earlier(file: string): Promise<{ text: string; failed: false }> {
  try {
    // Written elsewhere, perhaps by code of a pull request: no longer than ours, and no marker but ours.
    const text = (await readFile(file, "utf8")).replaceAll("<!--", "&lt;!--");
    return { text: cut(text, longestBody - reserve), failed: false };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError([`--input ${file}: ${code === "ENOENT" ? "there is no such file" : message}.`]);
  }
}
