import { CliError } from "../common/errors";
import { truncateMarkdown } from "../common/truncateMarkdown";
import type { CommandContext } from "../common/command";
import { readChanges } from "../engine/changes";
import type { OperationResult } from "../engine/stack";
import { addSummary, ciRunLink } from "../scm/ciRun";
import type { HostOptions } from "../scm/options";
import { hostOf } from "../scm/provider";
import { maxBodyLength, markerFor } from "../scm/types";
import { hasDrift, driftFingerprint, driftMarkdown, driftTitle } from "./report";

export interface DriftOptions extends HostOptions {
  stack: string;
  cwd: string;
}

export const exitCodes = { clean: 0, drift: 1 } as const;

/** Runs the equivalent of `pulumi refresh --preview-only`. */
export type RefreshPreview = (options: Pick<DriftOptions, "stack" | "cwd">) => Promise<OperationResult>;

/** Reports drift of a stack, opens, updates or closes the issue about it, and returns the exit code. @throws CliError if the check failed */
export async function reportDrift(
  options: DriftOptions,
  { terminal, env }: CommandContext,
  preview: RefreshPreview,
): Promise<number> {
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
}
