import { CliError } from "../common/errors";
import { runCommand } from "../common/command";
import { truncateMarkdown } from "../common/truncateMarkdown";
import type { Terminal } from "../common/terminal";
import { readChanges } from "../engine/changes";
import type { OperationResult } from "../engine/stack";
import { addSummary, hostOf, ciRunLink } from "../scm/options";
import { maxBodyLength, markerFor } from "../scm/types";
import { readOptions, type DriftOptions } from "./options";
import { hasDrift, driftFingerprint, driftMarkdown, driftTitle } from "./report";

export const exitCodes = { clean: 0, drift: 1, usageError: 2 } as const;

/** Runs the equivalent of `pulumi refresh --preview-only`. */
export type RefreshPreview = (options: Pick<DriftOptions, "stack" | "cwd">) => Promise<OperationResult>;

/** Runs the command and returns its exit code. */
export function run(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  preview: RefreshPreview,
): Promise<number> {
  return runCommand(terminal, exitCodes.usageError, async () => {
    const options = readOptions(argv);
    const { stack } = options;
    const host = hostOf(options, env);
    const { events, failed } = await preview(options);
    const changes = readChanges(events);
    if (failed) {
      const errors = changes.messages.filter(({ severity }) => severity === "error");
      throw new CliError(errors.map(({ text, about }) => (about === undefined ? text : `${about.name}: ${text}`)));
    }
    const marker = markerFor("drift", stack);
    const found = hasDrift(changes);
    if (found.length === 0) {
      const text = `No drift: ${changes.unchanged} resources of the stack ${stack} are as deployed.`;
      await terminal.write(`${text}\n`);
      await addSummary(text, env);
      if (host !== undefined) terminal.writeError(`${await host.closeIssue(marker, text)}\n`);
      return exitCodes.clean;
    }
    const footer = ciRunLink(env);
    const body = truncateMarkdown(
      (rows) => driftMarkdown(stack, changes, { rows, footer }),
      (host?.maxLength ?? maxBodyLength) - 500,
    );
    await terminal.write(body);
    await addSummary(body, env);
    if (host !== undefined) {
      const fingerprint = driftFingerprint(found);
      const issue = { marker, title: driftTitle(stack), body, fingerprint };
      terminal.writeError(`${await host.putIssue(issue)}\n`);
    }
    return exitCodes.drift;
  });
}
