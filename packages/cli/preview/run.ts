import { readFile, writeFile } from "node:fs/promises";
import { CliError } from "../common/errors";
import { cut, truncateMarkdown } from "../common/truncateMarkdown";
import type { CommandContext } from "../common/command";
import { readChanges } from "../engine/changes";
import type { OperationResult } from "../engine/stack";
import { addSummary, ciRunLink } from "../scm/ciRun";
import type { HostOptions } from "../scm/options";
import { hostOf } from "../scm/provider";
import { maxBodyLength, markerFor } from "../scm/types";
import { previewMarkdown, type Preview } from "./report";

export interface PreviewOptions extends HostOptions {
  stack: string;
  cwd: string;
  /** File to write the Markdown to. */
  output?: string;
  /** File with the Markdown of an earlier run, which is posted. */
  input?: string;
}

export const exitCodes = { succeeded: 0, failed: 1 } as const;

/** Runs a preview, with the program in this process. */
export type PreviewStack = (
  options: Pick<PreviewOptions, "stack" | "cwd">,
) => Promise<OperationResult & Pick<Preview, "usernames">>;

/** Characters reserved for the marker. */
const reserve = 500;

/** Reports a preview of a stack to its reviewers and returns the exit code. @throws CliError if there is no report */
export async function reportPreview(
  options: PreviewOptions,
  { terminal, env }: CommandContext,
  preview: PreviewStack,
): Promise<number> {
  const host = hostOf(options, env);
  const { text, failed } =
    options.input === undefined ? await previewed(options, env, preview) : await readPreviousReport(options.input);
  if (options.input === undefined) {
    await terminal.write(text);
    await addSummary(text, env);
    if (options.output !== undefined) await writeFile(options.output, text);
  }
  if (host !== undefined) terminal.writeError(`${await host.putComment(markerFor("preview", options.stack), text)}\n`);
  return failed ? exitCodes.failed : exitCodes.succeeded;
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
