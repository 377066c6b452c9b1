import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/** Enforces the architecture: files of each folder may import only from the folders listed for it. */
const mayImport = {
  mappings: ["mappings"],
  provider: ["provider", "mappings"],
  components: ["components", "provider", "mappings"],
  config: ["config", "provider", "mappings"],
  preflight: ["preflight", "config", "components", "provider", "mappings"],
  stack: ["stack", "preflight", "config", "components", "provider", "mappings"],
  job: ["job", "provider", "mappings"],
  cli: ["cli", "stack", "preflight", "config", "components", "provider", "mappings"],
  examples: ["components", "provider", "mappings"],
  policy: ["policy"],
};
const folders = [
  "mappings",
  "provider",
  "components",
  "config",
  "preflight",
  "sandbox",
  "cli",
  "test",
  "job",
  "stack",
  "policy",
];

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "coverage/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  ...Object.entries(mayImport).map(([folder, allowed]) => ({
    files: [`${folder}/**/*.ts`],
    // Tests and their helpers may use the sandbox.
    ignores: ["**/*.test.ts", "**/testing*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: folders
            .filter((name) => !allowed.includes(name))
            .map((name) => ({
              group: [`**/../${name}/**`, `**/../${name}`],
              message: `${folder}/ does not import ${name}/.`,
            })),
        },
      ],
    },
  })),
  {
    files: ["cli/**/*.ts", "sandbox/**/*.ts", "scripts/**", "job/**/*.ts", "bench/**/*.ts"],
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
