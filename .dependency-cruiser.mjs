// @ts-check
/**
 * Rules about imports, type imports included, for `npm run lint`: no cycles, no imports into another package's internals, and
 * only imports that the package's own package.json names. tools/boundaries.test.ts proves each rule.
 */
import { readManifest, readWorkspaces } from "@smallstep-ssh/tools/workspaces";

const workspaces = readWorkspaces();
/** The rest of the repository belongs to the package at the root. */
const everyWorkspace = `^(${workspaces.map(({ folder }) => folder).join("|")})`;

const published = workspaces.filter(({ manifest }) => !manifest.private).map(({ folder }) => `^${folder}`);

/** Files that no build contains, so that they may import development dependencies. */
const development = [
  "\\.test\\.ts$",
  "(^|/)testing\\.ts$",
  "(^|/)(testing|test)/",
  "^packages/(sandbox|plugin-stand-ins)/",
  "^(examples|test|tools)/",
  "^[^/]+\\.config\\.m[jt]s$",
  "^\\.dependency-cruiser\\.mjs$",
];

/** Returns the rules about what one package imports from the other packages of the repository. */
function rulesOf({ folder, manifest }) {
  const from = folder === "" ? { pathNot: everyWorkspace } : { path: `^${folder}` };
  const others = workspaces.filter((other) => other.folder !== folder);
  const foldersWhere = (isIn) =>
    others.filter(({ manifest: { name } }) => isIn(name)).map((other) => `^${other.folder}`);
  const isRuntime = (name) => name in (manifest.dependencies ?? {});
  const isNamed = (name) => isRuntime(name) || name in (manifest.devDependencies ?? {});
  return [
    {
      name: `no-relative-import-across-packages (${manifest.name})`,
      comment: "Import another package by its name, through an entry of `exports` in its package.json.",
      severity: "error",
      from,
      to: {
        ...(folder === "" ? { path: everyWorkspace } : { pathNot: `^(${folder}|node_modules/)` }),
        dependencyTypes: ["local"],
        dependencyTypesNot: ["aliased-workspace"],
      },
    },
    {
      name: `named-in-package-json (${manifest.name})`,
      comment: `Name the package in ${folder}package.json, or do not import it.`,
      severity: "error",
      from,
      to: { path: foldersWhere((name) => !isNamed(name)) },
    },
    {
      name: `no-development-dependency (${manifest.name})`,
      comment: `Only tests may import a package that ${folder}package.json names in devDependencies.`,
      severity: "error",
      from: { ...from, pathNot: [...development, ...(folder === "" ? [everyWorkspace] : [])] },
      // The build of a published package bundles the packages of this repository that it names in devDependencies.
      to: {
        path: manifest.private ? foldersWhere((name) => isNamed(name) && !isRuntime(name)) : [],
        dependencyTypesNot: ["type-only"],
      },
    },
  ].filter(({ to }) => to.path === undefined || to.path.length > 0);
}

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycle",
      comment: "Move what both files need to a third file.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolvable",
      comment: "The file does not exist, or `exports` of the package does not list it.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "named-in-package-json",
      comment: "Name the package in the nearest package.json, or do not import it.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-development-dependency",
      comment: "Only tests may import a package that package.json names in devDependencies.",
      severity: "error",
      from: { pathNot: development },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-development-dependency (published packages)",
      comment: "Only *.test.ts files are missing from a published package.",
      severity: "error",
      from: { path: published, pathNot: ["\\.test\\.ts$", "(^|/)testing/"] },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    ...[{ folder: "", manifest: readManifest("") }, ...workspaces].flatMap(rulesOf),
  ],
  options: {
    doNotFollow: { path: ["node_modules"] },
    // Builds of the repository, not those of installed packages.
    exclude: { path: ["^(?!node_modules/).*dist/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    // The nearest package.json only.
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["source", "import", "require", "node", "types", "default"],
      extensions: [".ts", ".mts", ".mjs", ".cjs", ".js", ".json", ".d.ts"],
    },
  },
};
