const lines = 5;
const characters = 600;

/**
 * The last lines of a program's output as the end of a sentence: on one line, without control characters, and with none of the
 * secrets. Empty when it said nothing.
 */
export function lastWords(output: string, secrets: readonly string[]): string {
  let text = output;
  for (const secret of secrets) if (secret !== "") text = text.replaceAll(secret, "[secret]");
  const printable = text
    .split(/\r?\n/)
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    .map((line) =>
      line.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]+/g, " ").trim(),
    )
    .filter((line) => line !== "");
  const words = printable.slice(-lines).join("; ").slice(-characters);
  return words === "" ? " and said nothing" : `; it said: ${words}`;
}
