const newline = 10;
const carriageReturn = 13;

/**
 * Hands over each line of a text in UTF-8 without its end, and gives their number. Lines are decoded one by one: a short text of
 * ASCII takes a byte a character, and one with other characters does not make its neighbours larger.
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
