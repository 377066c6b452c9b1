// Bundles what others start: each plugin and the policy pack, for the engine, and the program of the registration Job. One file each:
// reading hundreds of modules one by one is most of the time that a plugin takes to start.
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // Optional parts of pg, which none of the programs uses.
  external: ["pg-native", "cloudflare:sockets", "pg-cloudflare"],
  // Less to read at the start, and small enough for the Job's ConfigMap (1 MiB at most), but still readable.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: "warning",
};
const standIns = readdirSync("sandbox/plugins", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "common")
  .map(({ name }) => `sandbox/plugins/${name}/main.ts`);

await Promise.all([
  build({ ...common, entryPoints: ["provider/main.ts", ...standIns], outdir: "dist", outbase: "." }),
  build({ ...common, entryPoints: ["job/main.ts"], outfile: "dist/job/registration.cjs" }),
  build({ ...common, entryPoints: ["policy/index.ts"], outfile: "dist/policy/index.js", external: ["@pulumi/policy"] }),
]);
