import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { obtain, ObtainError, type Way, goBuild, platform } from "@smallstep-ssh/sandbox";

const execute = promisify(execFile);
const progress = (line: string) => void process.stderr.write(`${line}\n`);
const actionlintVersion = "1.7.12";
const schemasVersion = "0.39.0";

/** Returns the problems in the files, or an empty string if there are none. */
export type Lint = (files: readonly string[]) => Promise<string>;

/**
 * Returns actionlint, or the reason why it is not available. The first call builds it from its Go module in about 30
 * seconds.
 */
export function actionlint(): Promise<Lint | string> {
  const program = (dir: string) => path.join(dir, "actionlint");
  const fill: Way["fill"] = (dir) =>
    goBuild({
      name: "actionlint",
      moduleDir: path.join(__dirname, "build"),
      package: "github.com/rhysd/actionlint/cmd/actionlint",
      variables: {},
      output: program(dir),
      progress,
    });
  const way = { how: "built", description: "building from the Go module", fill };
  const check = async (dir: string) => void (await execute(program(dir), ["-version"]));
  return obtainOrReason(
    { name: "actionlint", key: `actionlint-${actionlintVersion}-${platform}`, ways: [way], check },
    (dir) =>
      // The result must not depend on the shell checkers that are installed.
      (files) =>
        output(program(dir), ["-no-color", "-shellcheck=", "-pyflakes=", ...files]),
  );
}

/**
 * Returns a check of JSON files against the published Azure Pipelines schema, or the reason why it is not available.
 * The Python package check-jsonschema contains the schema.
 */
export function azurePipelinesSchema(): Promise<Lint | string> {
  const packages = (dir: string) => ({ env: { ...process.env, PYTHONPATH: path.join(dir, "packages") } });
  const fill: Way["fill"] = async (dir) => {
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action", "ignore"];
    const target = ["--target", path.join(dir, "packages"), `check-jsonschema==${schemasVersion}`];
    await execute("python3", [...args, ...target], { timeout: 100_000 });
  };
  const way = { how: "installed", description: "installing check-jsonschema with pip", fill };
  const check = async (dir: string) =>
    void (await execute("python3", ["-m", "check_jsonschema", "--version"], packages(dir)));
  const wanted = {
    name: "check-jsonschema",
    key: `check-jsonschema-${schemasVersion}-${platform}`,
    ways: [way],
    check,
  };
  return obtainOrReason(wanted, (dir) => (files) => {
    const args = ["--builtin-schema", "vendor.azure-pipelines", "--regex-variant", "nonunicode"];
    return output("python3", ["-m", "check_jsonschema", ...args, ...files], packages(dir));
  });
}

async function obtainOrReason(
  wanted: Parameters<typeof obtain>[0],
  use: (dir: string) => Lint,
): Promise<Lint | string> {
  try {
    return use((await obtain(wanted, { progress })).dir);
  } catch (error) {
    if (error instanceof ObtainError) return error.message;
    throw error;
  }
}

/**
 * Returns the problems that a checker prints. It exits with 0 without problems and with 1 otherwise.
 * @throws Error for any other exit code
 */
async function output(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    await execute(program, args, options);
    return "";
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code !== 1) throw error;
    return `${stdout ?? ""}${stderr ?? ""}` || "The checker found a problem and printed no details.";
  }
}
