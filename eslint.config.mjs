import js from "@eslint/js";
import { entriesOf, readWorkspaces } from "@smallstep-ssh/tools/workspaces";
import prettier from "eslint-config-prettier";
import perfectionist from "eslint-plugin-perfectionist";
import tseslint from "typescript-eslint";

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
      ],
    },
  },
  {
    files: [
      "packages/cli/**",
      "packages/entra-emulator/**",
      "packages/sandbox/**",
      "tools/**",
      "components/registration/job/**",
    ],
    rules: { "no-console": "off" },
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
