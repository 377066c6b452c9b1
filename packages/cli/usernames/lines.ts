const newline = 10;
const carriageReturn = 13;

/**
 * Calls `line` for each line of a UTF-8 text, without its line end, and returns the number of lines. It decodes each line separately,
 * so that an ASCII line takes one byte per character, even next to lines with other characters.
 */
export function forEachLine(bytes: Buffer, line: (text: string, number: number) => void): number {
  let number = 0;
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(newline, from);
    const end = found < 0 ? bytes.length : found;
    const last = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
    line(bytes.toString("utf8", from, last), ++number);
    from = end + 1;
  }
  return number;
}
