/** Whether a deployed stack is healthy. `--help` says the rest. */
import { setTimeout } from "node:timers/promises";
import { main } from "./common/terminal";
import { openDeployed } from "./status/deployed";
import { run } from "./status/run";

main((argv, terminal) =>
  run(argv, { ...terminal, redrawable: process.stdout.isTTY === true }, openDeployed, (seconds) =>
    setTimeout(seconds * 1000),
  ),
);
