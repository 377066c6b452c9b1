import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { nodeOptions } from "@smallstep-ssh/tools/esbuildOptions";

/**
 * Writes an executable `manage-provisioners` to `dir/bin` and resolves to that folder. As in an image, the program needs only a shell
 * at /bin/sh.
 */
export async function installManageProvisioners(dir: string): Promise<string> {
  const bin = path.join(dir, "bin");
  await mkdir(bin, { recursive: true });
  const program = path.join(dir, "lib", "manage-provisioners.cjs");
  await build({
    entryPoints: [path.join(__dirname, "main.ts")],
    outfile: program,
    ...nodeOptions,
  });
  const launcher = path.join(bin, "manage-provisioners");
  await writeFile(launcher, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(program)} "$@"\n`);
  await chmod(launcher, 0o755);
  return bin;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
