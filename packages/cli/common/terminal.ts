/** The output streams of a command, and their capabilities. */
export interface Terminal {
  write(text: string): Promise<void> | void;
  writeError(text: string): void;
  /** Standard output supports colours. */
  readonly colour: boolean;
  /** Standard output is a terminal. Default: false. */
  readonly shown?: boolean;
  /** Standard error is a terminal, so a command can show progress. */
  readonly interactive: boolean;
}

/** Returns the terminal of this process. */
export function processTerminal(): Terminal {
  const { NO_COLOR, TERM } = process.env;
  return {
    write: (text) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve())),
    writeError: (text) => void process.stderr.write(text),
    colour: process.stdout.isTTY === true && !NO_COLOR && TERM !== "dumb",
    shown: process.stdout.isTTY === true,
    interactive: process.stderr.isTTY === true,
  };
}
