// @ts-check
/**
 * Bundles the programs that other processes start: the stack's program, the plugin and the policy pack for the engine, the program
 * of the registration Job, and the command smallstep-ssh. With --stand-ins also the plugins of the sandbox. One file each: reading hundreds of modules
 * one by one is most of the time that a plugin takes to start.
 *
 * `npm ci` runs this, also with --omit=dev. Only the stand-ins need development dependencies.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { bundle, recordSources } from "./bundle.mjs";
import { nodeOptions } from "./esbuildOptions.mjs";
import { readFlags } from "./readFlags.mjs";

const flags = readFlags("Usage: npm run build -- [--stand-ins]", ["stand-ins"]);
rejectOldNode();
const startedAt = Date.now();

// Less to read at the start, and small enough for the Job's ConfigMap (1 MiB at most), but still readable.
const common = { ...nodeOptions, minifyWhitespace: true, minifySyntax: true };
const standIns = flags["stand-ins"]
  ? readdirSync("packages/plugin-stand-ins", { withFileTypes: true })
      .map(({ name }) => `packages/plugin-stand-ins/${name}/main.ts`)
      .filter((file) => existsSync(file))
  : [];

const bundles = await Promise.all([
  bundle({
    ...common,
    entryPoints: ["index.ts"],
    outfile: "stack/dist/program.js",
    // From Node.js 22 on, the next run finds the code that V8 compiled from the SDKs.
    banner: { js: 'require("node:module").enableCompileCache?.();' },
    // The SDK finds parts of itself by their place, and is to be there once.
    external: [...common.external, "@pulumi/*", "@smallstep-ssh/components/registrationJob"],
    // For stack traces that tell the place in the source.
    sourcemap: "linked",
    sourcesContent: false,
  }),
  bundle({ ...common, entryPoints: ["packages/usersync/main.ts"], outfile: "packages/usersync/dist/main.js" }),
  bundle({
    ...common,
    entryPoints: ["packages/cli/main.ts"],
    outfile: "packages/cli/dist/main.js",
    external: [...common.external, "@pulumi/*", "@smallstep-ssh/components/registrationJob"],
    sourcemap: "linked",
    sourcesContent: false,
  }),
  bundle({
    ...common,
    entryPoints: standIns,
    outdir: "packages/plugin-stand-ins/dist",
    outbase: "packages/plugin-stand-ins",
  }),
  bundle({
    ...common,
    entryPoints: ["components/registration/job/main.ts"],
    outfile: "components/dist/registrationJob.cjs",
  }),
  bundle({
    ...common,
    entryPoints: ["packages/policy/main.ts"],
    outfile: "packages/policy/dist/index.js",
    external: ["@pulumi/policy"],
  }),
]);

recordSources("stack/dist/built", startedAt, bundles);

/** Ends with a clear message where npm 10 leaves the Node.js of tools/nodeRuntime out of node_modules/.bin; npm 11 links it. */
function rejectOldNode() {
  const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
  const [oldestMajor = 0, oldestMinor = 0] = engines.node.replace(">=", "").split(".").map(Number);
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  process.stderr.write(
    `Node.js ${process.versions.node} is too old: this needs ${engines.node}. ` +
      "Install a newer one, or let npm 11 install one for this folder: `npx npm@11 ci`.\n",
  );
  process.exit(1);
}
