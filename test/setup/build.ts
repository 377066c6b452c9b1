import { execFileSync } from "node:child_process";
import path from "node:path";
import { bundle } from "@smallstep-ssh/tools/bundle";
import { nodeOptions } from "@smallstep-ssh/tools/esbuildOptions";

const root = path.join(__dirname, "../..");
const programs = path.join(root, "test/faults/crash/programs");
/** Two projects share this set-up. */
const state = globalThis as { isBuilt?: boolean };

/**
 * Compiles the programs that tests start: the stack's program, the plugin, the policy pack, the Job's program, the
 * stand-ins and the programs of the crash tests. The tests start them hundreds of times, so Node.js keeps the code that
 * V8 compiled, and programs in Go collect garbage less often.
 */
export default async function setup(): Promise<void> {
  if (state.isBuilt) return;
  process.env["NODE_COMPILE_CACHE"] ??= path.join(root, "node_modules/.cache/compiled");
  process.env["GOGC"] ??= "400";
  execFileSync("npm", ["run", "--silent", "build:sandbox"], { cwd: root, stdio: "inherit" });
  await bundle({
    ...nodeOptions,
    minifyWhitespace: true,
    minifySyntax: true,
    entryPoints: ["plugins", "program"].map((name) => path.join(programs, `${name}.ts`)),
    outdir: path.join(programs, "../dist"),
    external: [...nodeOptions.external, "typescript", "ts-node", "@smallstep-ssh/components/registrationJob"],
  });
  state.isBuilt = true;
}
