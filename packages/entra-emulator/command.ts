#!/usr/bin/env node
import { runCommand } from "./command/runCommand";

void runCommand(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
