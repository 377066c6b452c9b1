/** Reports whether a deployed stack is healthy. See `--help`. */
import { setTimeout } from "node:timers/promises";
import { main } from "../common/terminal";
import type * as deployed from "../status/deployed";
import { run, type Open } from "../status/run";

const open: Open = (options) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { openDeployed } = require("../status/deployed") as typeof deployed;
  return openDeployed(options);
};

main((argv, terminal) =>
  run(argv, { ...terminal, redrawable: process.stdout.isTTY === true }, open, (seconds) => setTimeout(seconds * 1000)),
);
