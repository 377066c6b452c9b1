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

/** The user requested help. `text` is the help text. */
export class HelpRequested extends Error {
  constructor(readonly text: string) {
    super("help was requested");
  }
}
