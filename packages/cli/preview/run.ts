import { readFile, writeFile } from "node:fs/promises";
import { runCommand } from "../common/command";
import { CliError } from "../common/errors";
import { cut, truncateMarkdown } from "../common/truncateMarkdown";
import type { Terminal } from "../common/terminal";
import { readChanges } from "../engine/changes";
import type { OperationResult } from "../engine/stack";
import { addSummary, hostOf, ciRunLink } from "../scm/options";
import { maxBodyLength, markerFor } from "../scm/types";
import { readOptions, type PreviewOptions } from "./options";
import { previewMarkdown, type Preview } from "./report";

export const exitCodes = { succeeded: 0, failed: 1, usageError: 2 } as const;

/** Runs a preview, with the program in this process. */
export type PreviewStack = (
  options: Pick<PreviewOptions, "stack" | "cwd">,
) => Promise<OperationResult & Pick<Preview, "usernames">>;

/** Characters reserved for the marker. */
const reserve = 500;

/** Runs the command and returns its exit code. */
export function run(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  preview: PreviewStack,
): Promise<number> {
  return runCommand(terminal, exitCodes.usageError, async () => {
    const options = readOptions(argv);
    const host = hostOf(options, env);
    const { text, failed } =
      options.input === undefined ? await previewed(options, env, preview) : await readPreviousReport(options.input);
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
    footer: ciRunLink(env),
    usernames,
  };
  return { text: truncateMarkdown((rows) => previewMarkdown(content, rows), maxBodyLength - reserve), failed };
}

async function readPreviousReport(file: string): Promise<{ text: string; failed: false }> {
  try {
    // Untrusted: code of a pull request may have written it. Enforce our length limit and remove foreign markers.
    const text = (await readFile(file, "utf8")).replaceAll("<!--", "&lt;!--");
    return { text: cut(text, maxBodyLength - reserve), failed: false };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError([`--input ${file}: ${code === "ENOENT" ? "the file does not exist" : message}.`]);
  }
}
