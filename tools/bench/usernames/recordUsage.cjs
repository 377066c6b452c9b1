/* eslint-disable @typescript-eslint/no-require-imports */
/** Preloaded into a measured process. Writes its peak memory in bytes and its CPU time in milliseconds to file descriptor 3 at the end. */
const { writeSync } = require("node:fs");

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  // maxRSS is in kilobytes on every platform.
  writeSync(3, JSON.stringify({ peak: maxRSS * 1024, cpu: (userCPUTime + systemCPUTime) / 1000 }));
});
