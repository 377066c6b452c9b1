import { redact } from "@smallstep-ssh/usersync/output";

const lines = 5;
const characters = 600;

/**
 * Formats the last lines of a program's output as the end of a message: on one line, at most 600 characters, without control
 * characters and secrets.
 */
export function describeOutputTail(output: string): string {
  const printable = redact(output)
    .split(/\r?\n/)
    // Terminals and log viewers interpret or hide control and formatting characters.
    .map((line) => line.replace(/[\p{Cc}\p{Cf}\ufffd]+/gu, " ").trim())
    .filter((line) => line !== "");
  const tail = printable.slice(-lines).join("; ").slice(-characters);
  return tail === "" ? "; no output" : `; last output: ${tail}`;
}
