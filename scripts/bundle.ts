/**
 * Bundles what others start: the stack's program, each plugin and the policy pack, for the engine, and the program of the
 * registration Job. One file each: reading hundreds of modules one by one is most of the time that a plugin takes to start.
 */
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { forNode } from "./forNode";

const begun = new Date();

// Less to read at the start, and small enough for the Job's ConfigMap (1 MiB at most), but still readable.
const common = { ...forNode, minifyWhitespace: true, minifySyntax: true };
const standIns = readdirSync("sandbox/plugins", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "common")
  .map(({ name }) => `sandbox/plugins/${name}/main.ts`);

async function main(): Promise<void> {
  await Promise.all([
    build({
      ...common,
      entryPoints: ["index.ts"],
      outfile: "dist/program/index.js",
      // From Node.js 22 on, the next run finds what V8 has made of the SDKs.
      banner: { js: 'require("node:module").enableCompileCache?.();' },
      // The SDK finds parts of itself by their place, and is to be there once.
      external: [...common.external, "@pulumi/*"],
      // For stack traces that tell the place in the source.
      sourcemap: "linked",
      sourcesContent: false,
    }),
    build({ ...common, entryPoints: ["provider/main.ts", ...standIns], outdir: "dist", outbase: "." }),
    build({ ...common, entryPoints: ["job/main.ts"], outfile: "dist/job/registration.cjs" }),
    build({
      ...common,
      entryPoints: ["policy/index.ts"],
      outfile: "dist/policy/index.js",
      external: ["@pulumi/policy"],
    }),
  ]);

  // When it was begun: what is changed meanwhile may not be in it.
  writeFileSync("dist/built", "");
  utimesSync("dist/built", begun, begun);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
