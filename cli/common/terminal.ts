/** Where output goes, and what may be assumed about it. */
export interface Terminal {
  write(text: string): Promise<void> | void;
  writeError(text: string): void;
  /** Standard output takes colours. */
  readonly colour: boolean;
  /** Standard output is a terminal. Default: false. */
  readonly shown?: boolean;
  /** Standard error is a terminal: progress may be shown. */
  readonly interactive: boolean;
}

/** The terminal of this process. */
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

/** Runs a command on the terminal of this process; its result is the exit code. */
export function main(run: (argv: readonly string[], terminal: Terminal) => Promise<number>): void {
  // A reader that has seen enough (head) closes the pipe: that is no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
  void run(process.argv.slice(2), processTerminal()).then((code) => (process.exitCode = code));
}
