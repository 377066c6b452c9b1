import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/setup/longestFirst.mts";

// Vitest's own defaults, and the condition under which a package of this repository is its sources, not its build.
const resolve = { conditions: ["source", ...defaultServerConditions.filter((name) => name !== "module")] };

const exclude = ["**/node_modules/**", "**/dist/**"];
const emulator = "**/*.emulator.test.ts";
const engine = "**/*.engine.test.ts";

/** A file's name states what its tests start. `npx vitest --project unit` runs one kind. */
export default defineConfig({
  resolve,
  ssr: { resolve },
  // Loads reporters and global set-up.
  environments: { __vitest__: { resolve } },
  test: {
    reporters: ["default", "./test/reporters/skipped.ts", "./test/reporters/secrets.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Suites that start programs often wait for them, so three workers use two cores. Their memory permits no more.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        // Starts no other program and no server. Its files share a worker's modules, because loading them takes longer than most tests.
        test: { name: "unit", include: ["**/*.test.ts"], exclude: [...exclude, emulator, engine], isolate: false },
      },
      {
        extends: true,
        // Starts servers of this repository and its compiled programs.
        test: { name: "emulator", include: [emulator], exclude, globalSetup: "test/setup/build.ts" },
      },
      {
        extends: true,
        // Starts programs from elsewhere: the Pulumi engine, a Kubernetes control plane, step-ca, npm, Go, Chromium.
        test: {
          name: "engine",
          include: [engine],
          exclude,
          globalSetup: ["test/setup/build.ts", "test/setup/engine.ts", "test/setup/stacks.ts"],
        },
      },
    ],
  },
});
