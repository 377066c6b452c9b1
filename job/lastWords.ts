const lines = 5;
const characters = 600;

/**
 * The last lines of a program's output as the end of a sentence: on one line, without control characters, and with none of the
 * secrets.
 */
export function describeOutputTail(output: string, secrets: readonly string[]): string {
  let text = output;
  for (const secret of secrets) if (secret !== "") text = text.replaceAll(secret, "[secret]");
  const printable = text
    .split(/\r?\n/)
    // What a terminal or a log viewer would not show as it is: control and formatting characters.
    .map((line) => line.replace(/[\p{Cc}\p{Cf}\ufffd]+/gu, " ").trim())
    .filter((line) => line !== "");
  const words = printable.slice(-lines).join("; ").slice(-characters);
  return words === "" ? " and said nothing" : `; it said: ${words}`;
}
