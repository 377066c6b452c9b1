// @ts-check
/**
 * Runs the static checks beside the tests, because tests often wait for other programs. Prints the tests as they run, and a check's
 * output when the check ends.
 */
import { spawn } from "node:child_process";
import { readFlags } from "./readFlags.mjs";

readFlags("Usage: npm run verify");

/** @type {(script: string, stdio: "inherit" | "pipe") => Promise<{ script: string; code: number; output: string }>} */
const run = (script, stdio) =>
  new Promise((resolve, reject) => {
    const child = spawn("npm", ["run", "--silent", script], { stdio: ["ignore", stdio, stdio] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += data));
    child.on("error", reject);
    child.on("close", (code) => resolve({ script, code: code ?? 1, output }));
  });

const checks = ["format:check", "lint", "typecheck"].map(async (script) => {
  const result = await run(script, "pipe");
  process.stdout.write(`\n> npm run ${script}\n${result.output}`);
  return result;
});
const results = await Promise.all([...checks, run("test", "inherit")]);
const failed = results.filter(({ code }) => code !== 0);
for (const { script, output } of failed) process.stdout.write(`\nFailed: npm run ${script}\n${output}`);
process.exitCode = failed.length > 0 ? 1 : 0;
