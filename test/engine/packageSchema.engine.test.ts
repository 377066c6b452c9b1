import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findEngine } from "@smallstep-ssh/sandbox";
import { packageSchema } from "@smallstep-ssh/usersync/plugin";

const root = path.join(__dirname, "../..");
const run = promisify(execFile);

describe("package of the plugin, with the real engine", { timeout: 240_000 }, () => {
  let engine: Awaited<ReturnType<typeof findEngine>>;
  let dir: string;
  beforeAll(async () => {
    engine = await findEngine();
    dir = await mkdtemp(path.join(tmpdir(), "package-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  beforeEach((context) => {
    if (typeof engine === "string") context.skip(engine);
  });

  async function pulumiPackage(...args: string[]): Promise<string> {
    if (typeof engine === "string") throw new Error(engine);
    const env = { ...process.env, PULUMI_HOME: path.join(dir, "home"), PULUMI_SKIP_UPDATE_CHECK: "true" };
    const options = { cwd: root, env, maxBuffer: 1e7 };
    return (await run(engine.command.command, ["package", ...args], options)).stdout;
  }

  it.each(["./packages/usersync", "packages/usersync/bin/pulumi-resource-usersync"])(
    "prints the declared schema for %s",
    async (source) => {
      const printed: unknown = JSON.parse(await pulumiPackage("get-schema", source));
      // The engine omits empty maps and lists.
      expect(withoutEmpty(printed)).toEqual(withoutEmpty(packageSchema));
    },
  );

  it("generates an SDK in TypeScript that type-checks", async () => {
    await pulumiPackage("gen-sdk", "./packages/usersync", "--language", "nodejs", "--out", dir);
    const sdk = path.join(dir, "nodejs");
    const manifest = JSON.parse(await readFile(path.join(sdk, "package.json"), "utf8")) as object;
    expect(manifest).toMatchObject({ name: "@smallstep-ssh/usersync", version: "0.1.0" });
    await symlink(path.join(root, "node_modules"), path.join(sdk, "node_modules"));
    const tsc = path.join(root, "node_modules/typescript-native/bin/tsc");
    await expect(run(process.execPath, [tsc, "--noEmit", "--project", sdk])).resolves.toMatchObject({ stdout: "" });
  });

  it.each([
    ["python", ["attribute_mappings.py", "registration.py", "provider.py"]],
    ["go", ["attributeMappings.go", "registration.go", "provider.go"]],
  ])("generates an SDK in %s", async (language, sources) => {
    await pulumiPackage("gen-sdk", "./packages/usersync", "--language", language, "--out", dir);
    const files = await readdir(path.join(dir, language), { recursive: true });
    expect(files.map((file) => path.basename(file))).toEqual(expect.arrayContaining(sources));
  });
});

/** Returns a copy of a JSON value without empty objects and lists in it. */
function withoutEmpty(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && Object.keys(inner).length === 0 ? undefined : inner,
    ),
  );
}
