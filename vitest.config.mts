import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    reporters: ["default", "./test/reporters/skipped.ts", "./test/reporters/secrets.ts"],
    globalSetup: "test/setup.ts",
    exclude: ["node_modules/**", "dist/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two workers: several suites start a PostgreSQL or an engine of their own.
    maxWorkers: 2,
  },
});
