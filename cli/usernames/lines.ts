const newline = 10;
const carriageReturn = 13;

/** A line beyond this is no line: the input is something else. */
export const longestLine = 4 * 1024 * 1024;

/**
 * Cuts chunks of bytes into lines of text (UTF-8), without their ends. Lines are decoded one by one: a short text of ASCII
 * takes a byte a character, and one with other characters does not make its neighbours larger.
 */
export class LineCutter {
  /** Of the line handed over last, from 1. */
  number = 0;
  private rest: Buffer | undefined;

  constructor(private readonly line: (text: string, number: number) => void) {}

  /** @throws RangeError for a line that is too long. */
  push(chunk: Buffer): void {
    let from = 0;
    if (this.rest !== undefined) {
      const end = chunk.indexOf(newline);
      if (end < 0) {
        this.keep(Buffer.concat([this.rest, chunk]));
        return;
      }
      const whole = Buffer.concat([this.rest, chunk.subarray(0, end)]);
      this.rest = undefined;
      this.emit(whole, 0, whole.length);
      from = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(newline, from);
      if (end < 0) break;
      this.emit(chunk, from, end);
      from = end + 1;
    }
    if (from < chunk.length) this.keep(Buffer.from(chunk.subarray(from)));
  }

  end(): void {
    if (this.rest !== undefined) this.emit(this.rest, 0, this.rest.length);
    this.rest = undefined;
  }

  private keep(rest: Buffer): void {
    if (rest.length > longestLine) throw new RangeError(`line ${this.number + 1} is longer than ${longestLine} bytes`);
    this.rest = rest;
  }

  private emit(bytes: Buffer, from: number, end: number): void {
    const last = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
    this.line(bytes.toString("utf8", from, last), ++this.number);
  }
}
