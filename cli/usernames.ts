/** Who gets which account name, who collides, who cannot log in. `--help` says the rest. */
import type * as graph from "./usernames/graph";
import { run } from "./usernames/run";

// A reader that has seen enough (head) closes the pipe: that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));

const { NO_COLOR, TERM } = process.env;

const terminal = {
  write: (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve())),
  writeError: (text: string) => void process.stderr.write(text),
  colour: process.stdout.isTTY === true && !NO_COLOR && TERM !== "dumb",
  shown: process.stdout.isTTY === true,
  interactive: process.stderr.isTTY === true,
};

void run(process.argv.slice(2), terminal, (options) => {
  // Loaded only when needed: the Azure libraries take longer than a report on thousands of people.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { graphDirectory } = require("./usernames/graph") as typeof graph;
  return graphDirectory(options);
}).then((code) => (process.exitCode = code));
