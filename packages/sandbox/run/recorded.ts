import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** A replacement for a plugin's folder. Its program runs the real plugin and records its output. */
export interface RecordedPlugin {
  folder: string;
  /** Returns the arguments, standard output and standard error of the plugin so far. */
  output(): Promise<string>;
}

/** Creates the folder of a recorded plugin below `dir`. `real` is the folder of the real plugin `name`. */
export async function recordPlugin(dir: string, name: string, real: string): Promise<RecordedPlugin> {
  const folder = path.join(dir, `recorded-${name}`);
  const log = path.join(folder, "output.log");
  const program = path.join(folder, `pulumi-resource-${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(log, "");
  await writeFile(program, wrapper(log, path.join(real, `pulumi-resource-${name}`)));
  await chmod(program, 0o755);
  return { folder, output: () => readFile(log, "utf8") };
}

const wrapper = (log: string, real: string): string => `#!/usr/bin/env node
const { spawn } = require("node:child_process");
const { appendFileSync } = require("node:fs");
const keep = (text) => appendFileSync(${JSON.stringify(log)}, text);
keep(process.argv.slice(2).join(" ") + "\\n");
const child = spawn(process.execPath, [${JSON.stringify(real)}, ...process.argv.slice(2)], { stdio: ["inherit", "pipe", "pipe"] });
for (const name of ["stdout", "stderr"]) {
  child[name].on("data", (chunk) => {
    keep(chunk);
    process[name].write(chunk);
  });
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
`;
