// @ts-check
import { parseArgs } from "node:util";

/**
 * Reads the flags of a command line. Prints the usage and ends the process for --help; rejects every other argument.
 * @param {string} usage
 * @param {readonly string[]} [names]
 * @returns {Record<string, boolean>}
 */
export function readFlags(usage, names = []) {
  const options = Object.fromEntries(
    ["help", ...names].map((name) => [name, { type: /** @type {const} */ ("boolean") }]),
  );
  try {
    const { values } = parseArgs({ options });
    if (!values["help"]) return Object.fromEntries(names.map((name) => [name, values[name] === true]));
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  } catch (error) {
    const [problem] = (error instanceof Error ? error.message : String(error)).split(". ");
    process.stderr.write(`${problem}. ${usage}\n`);
    process.exit(1);
  }
}
