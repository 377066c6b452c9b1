import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { shellQuote } from "@smallstep-ssh/components";

/**
 * Creates a replacement for the folder `real` of the plugin `name`. Its program runs the real plugin. `output` returns the arguments,
 * standard output and standard error of the plugin so far.
 */
export async function recordPlugin(
  dir: string,
  name: string,
  real: string,
): Promise<{ folder: string; output(): Promise<string> }> {
  const folder = path.join(dir, `recorded-${name}`);
  const log = path.join(folder, "output.log");
  const file = `pulumi-resource-${name}`;
  const tee = `tee -a ${shellQuote(log, true)}`;
  const script = [
    "#!/bin/bash",
    `echo "$@" | ${tee} > /dev/null`,
    `exec ${shellQuote(path.join(real, file), true)} "$@" > >(${tee}) 2> >(${tee} >&2)`,
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, file), `${script.join("\n")}\n`);
  await chmod(path.join(folder, file), 0o755);
  return { folder, output: () => readFile(log, "utf8") };
}
