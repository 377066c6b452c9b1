/** A read position in a pattern. */
export class Cursor {
  at = 0;
  constructor(readonly text: string) {}

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  /** Returns the current character and moves past it; "" at the end. */
  next(): string {
    const character = this.peek();
    if (character !== "") this.at += 1;
    return character;
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  eat(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Matches a sticky pattern at the position and moves past the match. Returns null, and does not move, if it does not match. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  /** Throws a RangeError for the pattern. The message is the end of a sentence that begins with "it". */
  fail(message: string, at = this.at): never {
    throw new RangeError(`it ${message} (at character ${Math.min(at, this.text.length) + 1} of the pattern)`);
  }
}
