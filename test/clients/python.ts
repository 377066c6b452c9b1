import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { obtain, platform, ObtainError, type Way } from "@smallstep-ssh/sandbox";

const run = promisify(execFile);

/** A client. `requirements/NAME.txt` pins the exact versions of all its packages. */
export type ClientName = "scim" | "graph" | "azure-cli";

/** A Python interpreter with a client's packages. */
export interface PythonClient {
  /** Path of the interpreter. */
  python: string;
  /** Runs the interpreter. `code` is the exit code. */
  run(args: readonly string[], env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }>;
}

/**
 * Returns a client with its packages from the cache folder, or the reason why they are missing. It installs them from
 * PyPI only if USERSYNC_CLIENTS names the client (comma-separated list, or `all`), because this takes a minute or more
 * and up to a gigabyte.
 */
export async function pythonClient(name: ClientName): Promise<PythonClient | string> {
  const requirements = path.join(__dirname, "requirements", `${name}.txt`);
  const digest = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const wanted = (process.env["USERSYNC_CLIENTS"] ?? "").split(",");
  const required = wanted.includes(name) || wanted.includes("all");
  try {
    const { dir } = await obtain(
      {
        name: `the Python packages of ${name}`,
        key: `client-${name}-${digest}-${platform}`,
        ways: required ? [fromPyPI(requirements)] : [],
        check: async (root) => void (await run(interpreter(root), ["-c", "import sys"])),
      },
      { progress: (line) => void process.stderr.write(`${line}\n`) },
    );
    return client(interpreter(dir));
  } catch (error) {
    if (!(error instanceof ObtainError) || required) throw error;
    return `The Python packages in ${path.basename(requirements)} are not installed. Set USERSYNC_CLIENTS=${name} to install them.`;
  }
}

const interpreter = (dir: string) => path.join(dir, "venv", "bin", "python");

function fromPyPI(requirements: string): Way {
  return {
    how: "installed",
    description: "installing from PyPI",
    fill: async (dir) => {
      await run("python3", ["-m", "venv", path.join(dir, "venv")]);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
      await run(interpreter(dir), pip, { maxBuffer: 64 * 1024 * 1024 });
    },
  };
}

function client(python: string): PythonClient {
  return {
    python,
    run: (args, env) =>
      new Promise((resolve) => {
        const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
        execFile(python, [...args], options, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
        );
      }),
  };
}
