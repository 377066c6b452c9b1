import { readFileSync } from "node:fs";
import path from "node:path";
import { coerce, gte, minVersion, satisfies, subset, validRange } from "semver";
import { describe, expect, it } from "vitest";

interface Package {
  engines: { node: string };
  optionalDependencies: Record<string, string>;
}
interface Lockfile {
  packages: Record<string, Locked>;
}
interface Locked {
  version?: string;
  os?: unknown;
  cpu?: unknown;
  optional?: boolean;
  dev?: boolean;
  engines?: { node?: string };
}

const read = <T>(file: string) => JSON.parse(readFileSync(path.join(__dirname, "..", file), "utf8")) as T;
const root = read<Package>("package.json");
const runtime = read<Package>("tools/nodeRuntime/package.json");
const { packages } = read<Lockfile>("package-lock.json");

describe("tools/nodeRuntime", () => {
  it("installs Node.js where the one that runs npm is too old for a dependency", () => {
    expect(root.optionalDependencies["node-runtime"]).toBe("file:tools/nodeRuntime");
    expect(validRange(runtime.engines.node)).toMatch(/^<[^ ]+$/);
    const oldestForScripts = coerce(runtime.engines.node)!.version;
    const oldestForDeployments = minVersion(root.engines.node)!.version;
    const unsupported = Object.entries(packages)
      .filter(([name, { optional, engines }]) => name !== "" && optional !== true && engines?.node !== undefined)
      .map(([name, { dev, engines }]) => ({
        name,
        required: engines!.node!,
        oldest: dev === true ? oldestForScripts : oldestForDeployments,
      }))
      .filter(({ required, oldest }) => !satisfies(oldest, required));
    expect(unsupported).toEqual([]);
  });

  it.each(Object.entries(runtime.optionalDependencies))(
    "installs a supported Node.js from %s on one platform alone",
    (name, version) => {
      expect(subset(version, root.engines.node)).toBe(true);
      expect(gte(version, "24.0.0")).toBe(true);
      const { os, cpu, ...entry } = packages[`node_modules/${name}`] ?? {};
      expect(entry).toMatchObject({ version, optional: true });
      expect([os, cpu].flat()).toHaveLength(2);
    },
  );
});
