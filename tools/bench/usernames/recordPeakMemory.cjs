/* eslint-disable @typescript-eslint/no-require-imports */
/** Preloaded into a measured process. Writes the process's peak memory in bytes to file descriptor 3 when it exits. */
const { writeSync } = require("node:fs");

// maxRSS is in kilobytes on every platform.
process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS * 1024)));
