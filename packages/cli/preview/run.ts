import { CliError } from "../common/errors";
import { readIfExists, replaceFile } from "../common/files";
import { cut, truncateMarkdown } from "../common/truncateMarkdown";
import type { CommandContext, StackOptions } from "../common/command";
import { readChanges } from "../engine/changes";
import type { OperationResult } from "../engine/stack";
import { addSummary, ciRunLink } from "../scm/ciRun";
import { maxBodyLength, markerFor, type CodeHost } from "../scm/codeHost";
import type { HostOptions } from "../scm/options";
import { hostOf } from "../scm/provider";
import { previewMarkdown, type Preview } from "./report";

export interface PreviewOptions extends StackOptions, HostOptions {
  /** File to write the Markdown to. */
  output?: string;
  /** File with the Markdown of an earlier run, which is posted. */
  input?: string;
}

/** Runs a preview, with the program in this process. */
export type PreviewStack = (options: StackOptions) => Promise<OperationResult & Pick<Preview, "usernames">>;

/** Reports a preview of a stack to its reviewers and returns the exit code. @throws CliError if there is no report */
export async function reportPreview(
  options: PreviewOptions,
  { terminal, env }: CommandContext,
  preview: PreviewStack,
): Promise<number> {
  const host = hostOf(options, env);
  const post = async (text: string, to: CodeHost | undefined) => {
    if (to !== undefined) terminal.writeError(`${await to.putComment(markerFor("preview", options.stack), text)}\n`);
  };
  if (options.input !== undefined) {
    await post(await readPreviousReport(options.input), host);
    return 0;
  }
  const { events, failed, usernames } = await preview(options);
  const content = { stack: options.stack, changes: readChanges(events), failed, footer: ciRunLink(env), usernames };
  const text = truncateMarkdown((rows) => previewMarkdown(content, rows), maxBodyLength);
  await terminal.write(text);
  await addSummary(text, env);
  if (options.output !== undefined) await replaceFile(options.output, [text], { personal: true });
  await post(text, host);
  return failed ? 1 : 0;
}

async function readPreviousReport(file: string): Promise<string> {
  const text = await readIfExists(file);
  if (text === undefined) throw new CliError([`--input ${file}: the file does not exist.`]);
  // Untrusted: code of a pull request may have written it. Enforce our length limit and remove foreign markers.
  return cut(text.replaceAll("<!--", "&lt;!--"), maxBodyLength);
}
