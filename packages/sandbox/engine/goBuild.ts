import path from "node:path";
import { runProgram } from "../runProgram";
import type { Progress, Way } from "./obtain";

const reportEveryMs = 10_000;

interface GoBuild {
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
  const report = (text: string) =>
    build.progress(`${build.name}: ${text} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  const set = Object.entries(build.variables).map(([variable, value]) => ` -X ${variable}=${value}`);
  const args = ["build", "-v", "-trimpath", "-ldflags", `-s -w${set.join("")}`, "-o", build.output, build.package];
  // CGO_ENABLED=0 removes the need for a C compiler. GOWORK=off ignores a workspace file above the checkout.
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  report("building from source; this happens once and takes several minutes");
  const timer = setInterval(() => report("building"), reportEveryMs);
  try {
    const { code, err } = await runProgram("go", args, { cwd: build.moduleDir, env });
    const lines = err.trimEnd().split("\n");
    if (code !== 0) throw new Error(`go build failed with code ${code}: ${findReason(lines)}`);
    // Go does not print packages from its build cache.
    report(`built, ${lines.filter((line) => /^[\w./-]+$/.test(line)).length} packages compiled`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error("the command `go` is not on PATH; install Go (https://go.dev/doc/install)", { cause: error });
  } finally {
    clearInterval(timer);
  }
}

/** Returns the line of the output of `go` that gives the reason. Other lines are package names and downloads. */
function findReason(lines: string[]): string {
  const decisive = /error|cannot|unable|not found|requires|missing|no such|denied/i;
  return lines.findLast((line) => decisive.test(line)) ?? lines.at(-1) ?? "no message";
}
