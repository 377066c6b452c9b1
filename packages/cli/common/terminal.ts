import { escapeInvisible } from "entra-mappings";

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

/** Returns a terminal that escapes everything it writes, so that no value of the tenant acts on a terminal or a pipeline. */
export function createTerminal(
  streams: { out(text: string): Promise<void> | void; err(text: string): void },
  capabilities: Pick<Terminal, "colour" | "shown" | "interactive">,
): Terminal {
  const own = capabilities.colour ? colours : nothing;
  return {
    ...capabilities,
    write: (text, replacedLines = 0) =>
      streams.out((replacedLines === 0 ? "" : `\u001b[${replacedLines}A\u001b[0J`) + escapeOutput(text, own)),
    writeError: (text) => {
      const clears = capabilities.interactive && text.startsWith(clearLine);
      streams.err(clears ? clearLine + escapeOutput(text.slice(clearLine.length)) : escapeOutput(text));
    },
  };
}

/** Moves to the start of the line and clears it, as a progress line does. */
const clearLine = "\r\u001b[K";
/** The sequences that colour and style text. */
const colours = new RegExp(String.raw`(\x1b\[\d{1,2}m)`);
const nothing = /((?!))/;
/**
 * Control and format characters, except line ends, tabs and the zero-width space that keeps Markdown from mentioning users.
 * Terminals execute control characters. Format characters reorder and hide text.
 */
const active = /(?![\n\t\u200b]|\r\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Commands of Azure Pipelines and GitHub Actions: `##vso[...]` and `##[...]` anywhere, `::command::` at the start of a line. */
const pipelineCommand = /#(?=#(vso)?\[)|(?<=^\s*):(?=:)/gim;

/**
 * Escapes characters and commands that act on a terminal or a pipeline, as `\u001b`. The escape is also valid in JSON strings, so
 * parsing escaped JSON returns the original value.
 * @param own the control sequences to keep, as a capturing group
 */
export function escapeOutput(text: string, own = nothing): string {
  return text
    .split(own)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(active, unicodeEscape)))
    .join("")
    .replace(pipelineCommand, unicodeEscape);
}

function unicodeEscape(text: string): string {
  return Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
    "",
  );
}

/** Template tag for one line of output: a value cannot start another line, because its line breaks are escaped. */
export function oneLine(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: texts }, ...values.map((value) => escapeInvisible(String(value))));
}
