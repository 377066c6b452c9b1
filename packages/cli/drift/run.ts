import { boundedList } from "entra-mappings";
import { CliError } from "../common/errors";
import { truncateMarkdown } from "../common/truncateMarkdown";
import type { CommandContext, StackOptions } from "../common/command";
import { readChanges } from "../engine/changes";
import type { OperationResult } from "../engine/stack";
import { addSummary, ciRunLink } from "../scm/ciRun";
import { maxBodyLength, markerFor } from "../scm/codeHost";
import type { HostOptions } from "../scm/options";
import { hostOf } from "../scm/provider";
import { hasDrift, driftFingerprint, driftMarkdown, driftTitle } from "./report";

/** Exit code for drift. npm and Node.js use no such code for their own failures. */
export const driftExitCode = 20;

/** Runs the equivalent of `pulumi refresh --preview-only`. */
export type RefreshPreview = (options: StackOptions) => Promise<OperationResult>;

/** Reports drift of a stack, opens, updates or closes the issue about it, and returns the exit code. @throws CliError if the check failed */
export async function reportDrift(
  options: StackOptions & HostOptions,
  { terminal, env }: CommandContext,
  preview: RefreshPreview,
): Promise<number> {
  const { stack } = options;
  const host = hostOf(options, env);
  const { events, failed } = await preview(options);
  const changes = readChanges(events);
  if (failed) {
    const errors = changes.messages.filter(({ severity }) => severity === "error");
    throw new CliError(
      [...Map.groupBy(errors, ({ text }) => text)].map(([text, same]) => {
        const names = same.flatMap(({ about }) => about?.name ?? []);
        return names.length === 0 ? text : `${boundedList(names).join(", ")}: ${text}`;
      }),
    );
  }
  const marker = markerFor("drift", stack);
  const found = hasDrift(changes);
  if (found.length === 0) {
    const text = `No drift: ${changes.unchanged} resources of the stack ${stack} are as deployed.`;
    await terminal.write(`${text}\n`);
    await addSummary(text, env);
    if (host !== undefined) terminal.writeError(`${await host.closeIssue(marker, text)}\n`);
    return 0;
  }
  const footer = ciRunLink(env);
  const body = truncateMarkdown((rows) => driftMarkdown(stack, changes, { rows, footer }), maxBodyLength);
  await terminal.write(body);
  await addSummary(body, env);
  const issue = { marker, title: driftTitle(stack), body, fingerprint: driftFingerprint(found) };
  if (host !== undefined) terminal.writeError(`${await host.putIssue(issue)}\n`);
  return driftExitCode;
}
