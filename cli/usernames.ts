/** Who gets which account name, who collides, who cannot log in. `--help` says the rest. */
import { run } from "./usernames/run";

// A reader that has seen enough (head) closes the pipe: that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));

const { NO_COLOR, TERM } = process.env;

void run(process.argv.slice(2), {
  write: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
  writeError: (text) => void process.stderr.write(text),
  colour: process.stdout.isTTY === true && !NO_COLOR && TERM !== "dumb",
  interactive: process.stderr.isTTY === true,
}).then((code) => (process.exitCode = code));
