/** Columns of text shown around the caret: a 10,000 character line would bury the point. */
const WINDOW = 100;

/** Where an error was found, and in what. */
export interface ErrorPlace {
  /** 0-based offset into the expression. */
  position: number;
  /** The whole expression, for the caret. */
  text?: string;
  /** The function whose argument or call is wrong, in its documented spelling. */
  functionName?: string;
}

/**
 * What is wrong with an expression, or with a value it was given.
 * The message is one sentence: which function, what was found, what is expected.
 */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  /** 0-based offset into the expression's text. */
  readonly position: number;
  readonly functionName?: string;
  private readonly text: string | undefined;

  constructor(message: string, place: ErrorPlace) {
    super(message);
    this.position = place.position;
    this.text = place.text;
    if (place.functionName !== undefined) this.functionName = place.functionName;
  }

  /** The line of the expression that is wrong, and below it a caret under the place. Empty when the text is not known. */
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
