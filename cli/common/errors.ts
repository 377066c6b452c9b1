/** What the person at the command line got wrong, or what the input has wrong: sentences, and no stack trace. */
export class CliError extends Error {
  override readonly name = "CliError";
  constructor(
    /** One sentence each; further lines (a caret below its text) belong to the one before. */
    readonly problems: readonly string[],
  ) {
    super(problems.join("\n"));
  }
}

/** Help was asked for: `text` is it. */
export class HelpRequested extends Error {
  constructor(readonly text: string) {
    super("help was shown");
  }
}
