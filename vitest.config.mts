import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    reporters: ["default", "./test/reporters/skipped.ts", "./test/reporters/secrets.ts"],
    globalSetup: "test/setup.ts",
    exclude: ["node_modules/**", "dist/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two workers, because several suites start their own PostgreSQL or engine.
    maxWorkers: 2,
  },
});
