import js from "@eslint/js";
import { entriesOf, readWorkspaces } from "@smallstep-ssh/tools/workspaces";
import prettier from "eslint-config-prettier";
import perfectionist from "eslint-plugin-perfectionist";
import tseslint from "typescript-eslint";

const outputRule =
  "Write through packages/usersync/output.ts, the terminal of a command or stack/log.ts, which redact and escape.";

// .oxlintrc.json has the rules that need types.
export default tseslint.config(
  { ignores: ["**/dist/", "**/node_modules/", "coverage/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { perfectionist },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-duplicate-imports": "error",
      // Node.js, packages, files. Within a group any order, so that a change of one import moves no other.
      "perfectionist/sort-imports": [
        "error",
        {
          type: "unsorted",
          groups: ["builtin", ["external", "internal", "subpath"], ["parent", "sibling", "index"]],
          internalPattern: [],
          newlinesBetween: "ignore",
          newlinesInside: "ignore",
        },
      ],
    },
  },
  {
    files: ["**/*.ts"],
    // Public entries, and the namespaces of usersync's.
    ignores: [...readWorkspaces().flatMap(entriesOf), "packages/usersync/sdk/{entra,smallstep}.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "ExportNamedDeclaration[source], ExportAllDeclaration, ExportNamedDeclaration:not([source]) > ExportSpecifier",
          message: "Only a package's public entry re-exports. Import from the file that declares the name.",
        },
        {
          selector:
            "ImportDeclaration[source.value='@pulumi/pulumi'] > ImportSpecifier[imported.name=/^(log|RunError)$/]",
          message: outputRule,
        },
      ],
    },
  },
  {
    files: ["packages/entra-emulator/**", "packages/sandbox/**", "tools/**"],
    rules: { "no-console": "off" },
  },
  {
    files: ["index.ts", "stack/**/*.ts", "components/**/*.ts", "packages/{cli,usersync,policy}/**/*.ts"],
    // The sinks: each of them redacts secrets and escapes untrusted text.
    ignores: ["**/*.test.ts", "packages/usersync/output.ts", "packages/cli/common/terminal.ts", "stack/log.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        ...["stdout", "stderr"].map((property) => ({ object: "process", property, message: outputRule })),
        ...["log", "RunError"].map((property) => ({ object: "pulumi", property, message: outputRule })),
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            ...["console", "node:console", "process", "node:process"].map((name) => ({ name, message: outputRule })),
          ],
        },
      ],
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs", "**/*.js"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        require: "readonly",
        exports: "readonly",
        __dirname: "readonly",
        URL: "readonly",
      },
    },
  },
  prettier,
);
