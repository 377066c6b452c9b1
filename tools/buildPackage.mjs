// @ts-check
/**
 * Builds `dist/` of a publishable package, from its folder: `npm pack` runs this as `prepack`.
 *
 * Each entry of `exports` and `bin` that points to dist/NAME.js is bundled from NAME.ts. Dependencies stay imports; packages of
 * this repository that are not dependencies become part of the bundle. Declarations are those that the entries reach.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { nodeOptions } from "./esbuildOptions.mjs";

const { name, exports = {}, bin = {}, dependencies = {} } = JSON.parse(readFileSync("package.json", "utf8"));
const programs = Object.values(bin);
const modules = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry.default]));

rmSync("dist", { recursive: true, force: true });
await build({
  ...nodeOptions,
  entryPoints: [...modules, ...programs].map(sourceOf),
  outdir: "dist",
  external: Object.keys(dependencies),
});
for (const program of programs) chmodSync(program, 0o755);
emitDeclarations();

/** @param {string} file */
function sourceOf(file) {
  return `${path.basename(file, ".js")}.ts`;
}

/** Copies the declarations that the entries reach. Rejects imports that a user of the package would not have. */
function emitDeclarations() {
  const scratch = mkdtempSync(path.join(tmpdir(), "declarations-"));
  try {
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    execFileSync(process.execPath, [tsc, "--project", "tsconfig.build.json", "--outDir", scratch], {
      stdio: ["ignore", 2, "inherit"],
    });
    // Below the folder of all packages, because a package can read the sources of another.
    const root = path.join(scratch, path.basename(process.cwd()));
    const reached = new Set();
    const pending = modules.map((file) => sourceOf(file).replace(/\.ts$/, ""));
    for (let module = pending.pop(); module !== undefined; module = pending.pop()) {
      if (reached.has(module)) continue;
      reached.add(module);
      const file = `${module}.d.ts`;
      const text = readFileSync(path.join(root, file), "utf8");
      cpSync(path.join(root, file), path.join("dist", file));
      for (const [, specifier = ""] of text.matchAll(/(?:\bfrom|\bimport\(|\bimport) ?"([^"]+)"/g)) {
        const needed = isBuiltin(specifier) ? "@types/node" : specifier;
        if (specifier.startsWith(".")) pending.push(path.join(path.dirname(module), specifier));
        else if (!Object.keys(dependencies).some((one) => needed === one || needed.startsWith(`${one}/`))) {
          throw new Error(`${file} of ${name} imports "${specifier}", which is not a dependency of ${name}.`);
        }
      }
    }
  } finally {
    if (existsSync(scratch)) rmSync(scratch, { recursive: true });
  }
}
