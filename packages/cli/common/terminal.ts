import { escapeOutput, printableText, redact } from "@smallstep-ssh/usersync/output";

/** The output streams of a command, and their capabilities. Everything that a command prints goes through it. */
export interface Terminal {
  /** Writes to standard output. `replacedLines`: number of lines above the cursor that the text replaces. */
  write(text: string, replacedLines?: number): Promise<void> | void;
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
  // A reader such as `head` closes the pipe early. This is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
  return createTerminal(
    {
      out: (text) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve())),
      err: (text) => void process.stderr.write(text),
    },
    {
      colour: process.stdout.isTTY === true && !NO_COLOR && TERM !== "dumb",
      shown: process.stdout.isTTY === true,
      interactive: process.stderr.isTTY === true,
    },
  );
}

/** Returns a terminal that redacts and escapes everything it writes, so that it shows no secret and no value acts on a terminal or a pipeline. */
export function createTerminal(
  streams: { out(text: string): Promise<void> | void; err(text: string): void },
  capabilities: Pick<Terminal, "colour" | "shown" | "interactive">,
): Terminal {
  const own = capabilities.colour ? colours : undefined;
  return {
    ...capabilities,
    write: (text, replacedLines = 0) =>
      streams.out((replacedLines === 0 ? "" : `\u001b[${replacedLines}A\u001b[0J`) + escapeOutput(redact(text), own)),
    writeError: (text) => {
      const clears = capabilities.interactive && text.startsWith(clearLine);
      streams.err(clears ? clearLine + printableText(text.slice(clearLine.length)) : printableText(text));
    },
  };
}

/** Moves to the start of the line and clears it, as a progress line does. */
const clearLine = "\r\u001b[K";
/** The sequences that colour and style text. */
const colours = new RegExp(String.raw`(\x1b\[\d{1,2}m)`);
