import type { CommandError } from "@pulumi/pulumi/automation";
import type { InputErrors } from "@smallstep-ssh/usersync/host";

/** A problem of the command line, the input or the environment. It is shown to the user without a stack trace. */
export class CliError extends Error {
  override readonly name = "CliError";
  constructor(
    /** One sentence each. A sentence can have further lines, such as a caret below an expression. */
    readonly problems: readonly string[],
  ) {
    super(problems.join("\n"));
  }
}

/** Names of errors whose message is written for users. Names, because loading the modules takes longer than most commands. */
const userFacingErrors = new Set(["ConfigurationError", "DatabaseError", "GraphError", "HttpError"]);
const pulumiErrors = new Set(["CommandError", "ConcurrentUpdateError", "StackNotFoundError"]);

/** Returns the messages of an error, one sentence each. */
export function problemsOf(error: unknown): readonly string[] {
  if (error instanceof CliError) return error.problems;
  if (!(error instanceof Error)) return [`Unexpected error: ${String(error)}.`];
  if (isInputErrors(error))
    return error.failures.map(({ property, reason }) => `${property} ${[reason].flat().join("\n")}`);
  if (isPulumiError(error)) return [pulumiProblem(error.message)];
  const { message } = error;
  if (userFacingErrors.has(error.name)) return [/[.:!?]$|\n/.test(message) ? message : `${message}.`];
  if (/spawn pulumi ENOENT|Failed to find .*pulumi/i.test(message)) return [pulumiProblem(message)];
  return [`Unexpected error: ${message.split("\n", 1)[0] ?? ""}. Set DEBUG=1 for a stack trace.`];
}

function isInputErrors(error: Error): error is InputErrors {
  return error.name === "InputErrors";
}

/** The SDK's errors keep the name `Error`, except for CommandError and its subclasses. */
function isPulumiError(error: Error): error is CommandError {
  return pulumiErrors.has(error.name);
}

/** Failures of Pulumi that a user can cause and fix: a pattern of the CLI's output, and what to do. */
const pulumiAdvice: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    /spawn pulumi ENOENT|pulumi: (command )?not found|Failed to find .*pulumi/i,
    "The Pulumi CLI is not on PATH: install it (https://www.pulumi.com/docs/install/).",
  ],
  [
    /passphrase must be set/i,
    "The passphrase of the stack's secrets is missing: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
  ],
  [
    /incorrect passphrase/i,
    "The passphrase of the stack's secrets is wrong: correct PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
  ],
  [
    /PULUMI_ACCESS_TOKEN must be set|must (first )?be logged in|not logged in|invalid access token|\b401\b.*Unauthorized/i,
    "You are not signed in to the backend of the state: run `pulumi login`, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN.",
  ],
  [
    /no stack named|stack '[^']*' not found/i,
    "The backend of the state has no such stack: check --stack and PULUMI_BACKEND_URL (`pulumi stack ls` lists the stacks).",
  ],
  [
    /currently locked by|Another update is currently in progress/i,
    "Another operation has locked the stack: wait until it has ended. If it was interrupted, run `pulumi cancel`.",
  ],
  [
    /no (resource|analyzer|language) plugin|plugin .*not (be )?found|(failed|unable) to load .*plugin/i,
    "A plugin of Pulumi is missing: run `npm ci` and `pulumi install`.",
  ],
  [
    /\b403\b|Forbidden|AuthorizationPermissionMismatch|AuthorizationFailed|AccessDenied|permission denied|EACCES/i,
    "The credentials do not permit this operation on the backend, the secrets provider or a file.",
  ],
];

/** Explains a failure of the Pulumi CLI: what the user can do, and the CLI's own reason. @param output the CLI's output */
export function pulumiProblem(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("error:")).map((line) => line.replace(/^error:\s*/, ""));
  const advice = pulumiAdvice.find(([pattern]) => pattern.test(output))?.[1];
  // The SDK's message starts with the exit code and empty streams, which explain nothing.
  const first = lines.find((line) => !/^(code: |stdout: ?$|stderr: ?$|err\?: ?$|$)/.test(line)) ?? "it gave no reason";
  const reason = errors.length > 0 ? [...new Set(errors)].join(" ") : first;
  if (advice !== undefined) return errors.length > 0 ? `${advice} Pulumi reports: ${sentence(reason)}` : advice;
  return `Pulumi failed: ${sentence(reason)}`;
}

function sentence(text: string): string {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}

/** Returns the stack trace of an error and its causes. */
export function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
