import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

// Vitest's own defaults, and the condition under which a package of this repository is its sources, not its build.
const resolve = { conditions: ["source", ...defaultServerConditions.filter((name) => name !== "module")] };

export default defineConfig({
  resolve,
  ssr: { resolve },
  // Loads reporters and global set-up.
  environments: { __vitest__: { resolve } },
  test: {
    include: ["**/*.test.ts"],
    reporters: ["default", "./test/reporters/skipped.ts", "./test/reporters/secrets.ts"],
    globalSetup: "test/setup.ts",
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two workers, because several suites start their own PostgreSQL or engine.
    maxWorkers: 2,
  },
});
