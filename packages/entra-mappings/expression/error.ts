/** Number of columns shown around the caret. A line can have 10,000 characters, which would hide the position. */
const WINDOW = 100;

/** The position of an error. */
export interface ErrorPlace {
  /** 0-based offset into the expression. */
  position: number;
  /** The whole expression, for the caret. */
  text?: string;
  /** The function whose call or argument is invalid, in its documented spelling. */
  functionName?: string;
}

/**
 * An error in an expression or in a value that it processes.
 * The message is one sentence with the function, the actual value and the expected value.
 */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  /** 0-based offset into the text of the expression. */
  readonly position: number;
  readonly functionName?: string;
  private readonly text: string | undefined;

  constructor(message: string, place: ErrorPlace) {
    super(message);
    this.position = place.position;
    this.text = place.text;
    this.functionName = place.functionName;
  }

  /** Returns the invalid line of the expression with a caret below the position, or "" if the text is not known. */
  caret(): string {
    if (this.text === undefined) return "";
    const position = Math.min(this.position, this.text.length);
    const lineStart = this.text.lastIndexOf("\n", position - 1) + 1;
    const newline = this.text.indexOf("\n", position);
    const line = this.text.slice(lineStart, newline < 0 ? undefined : newline);
    const column = position - lineStart;
    const from = Math.max(0, column - WINDOW / 2);
    const shown = line.slice(from, from + WINDOW).replace(/[\t\r]/g, " ");
    const before = from > 0 ? "..." : "";
    const after = from + WINDOW < line.length ? "..." : "";
    return `${before}${shown}${after}\n${" ".repeat(before.length + column - from)}^`;
  }

  override toString(): string {
    const caret = this.caret();
    return caret === "" ? this.message : `${this.message}\n${caret}`;
  }
}
