import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Way } from "./obtain";
import { elapsed, type Progress } from "./progress";

const reportEveryMs = 10_000;

export interface GoBuild {
  /** Name for progress lines: "the Pulumi engine". */
  name: string;
  /** Folder with go.mod and go.sum. */
  moduleDir: string;
  /** Import path of the main package, or ".". */
  package: string;
  /** Values by `path.of.Variable`, for the linker's -X option. */
  variables: Record<string, string>;
  /** Path of the executable to write. */
  output: string;
  progress: Progress;
}

/** Returns the way that builds a program from its Go module into the file `bin/FILE`. */
export function buildFromSource(file: string, build: Omit<GoBuild, "output">): Way {
  return {
    how: "built",
    description: "building from the Go module",
    slow: true,
    fill: (dir) => goBuild({ ...build, output: path.join(dir, "bin", file) }),
  };
}

/**
 * Builds a Go program from source and reports progress.
 *
 * @throws Error with the decisive line of the output of `go`, or if `go` is not on PATH
 */
export async function goBuild(build: GoBuild): Promise<void> {
  const startedAt = Date.now();
  const report = (text: string) => build.progress(`${build.name}: ${text} (${elapsed(startedAt)})`);

  let downloaded = 0;
  let packages = 0;
  report("building from source; this happens once and takes several minutes");
  const downloads = setInterval(() => report(`fetching source, ${downloaded} modules so far`), reportEveryMs);
  try {
    await go(["list", "-deps", build.package], build.moduleDir, {
      onOutput: () => (packages += 1),
      onError: (line) => (downloaded += line.startsWith("go: downloading") ? 1 : 0),
    });
  } finally {
    clearInterval(downloads);
  }

  let compiled = 0;
  // Go does not print packages from its build cache, so the count can stay below the total.
  const compiling = setInterval(() => report(`compiled ${compiled} of at most ${packages} packages`), reportEveryMs);
  const set = Object.entries(build.variables).map(([variable, value]) => ` -X ${variable}=${value}`);
  try {
    const ldflags = `-s -w${set.join("")}`;
    await go(["build", "-v", "-trimpath", "-ldflags", ldflags, "-o", build.output, build.package], build.moduleDir, {
      onError: (line) => (compiled += /^[\w./-]+$/.test(line) ? 1 : 0),
    });
  } finally {
    clearInterval(compiling);
  }
  report(`built, ${compiled} packages compiled`);
}

type Listeners = { onOutput?: (line: string) => void; onError?: (line: string) => void };

function go(args: string[], cwd: string, listeners: Listeners): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, {
      cwd,
      // CGO_ENABLED=0 removes the need for a C compiler. GOWORK=off ignores a workspace file above the checkout.
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const kill = () => child.kill();
    process.once("exit", kill);
    const errorLines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => listeners.onOutput?.(line));
    createInterface({ input: child.stderr }).on("line", (line) => {
      listeners.onError?.(line);
      errorLines.push(line);
      if (errorLines.length > 20) errorLines.shift();
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      process.removeListener("exit", kill);
      reject(
        error.code === "ENOENT"
          ? new Error("the command `go` is not on PATH; install Go (https://go.dev/doc/install)")
          : error,
      );
    });
    child.once("close", (code, signal) => {
      process.removeListener("exit", kill);
      if (code === 0) resolve();
      else reject(new Error(`go ${args[0]} failed with ${signal ?? `code ${code}`}: ${findReason(errorLines)}`));
    });
  });
}

/** Returns the line of the output of `go` that gives the reason. Other lines are package names and downloads. */
function findReason(lines: string[]): string {
  const errorLines = lines.filter((line) =>
    /error|cannot|unable|not found|requires|missing|no such|denied/i.test(line),
  );
  return errorLines.at(-1) ?? lines.at(-1) ?? "no message";
}
