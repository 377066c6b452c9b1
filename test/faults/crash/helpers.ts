import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { nodeOptions } from "@smallstep-ssh/tools/esbuildOptions";

const root = path.join(__dirname, "../../..");

/** Bundled files of the two programs in `programs/`. */
export interface Programs {
  plugins: string;
  program: string;
  remove(): Promise<void>;
}

/**
 * Bundles the programs so that a restart is fast. Each environment has its own bundle, so that no process reads a file
 * while another writes it.
 */
export async function bundlePrograms(): Promise<Programs> {
  // Below the repository, so that the bundles find its packages.
  const cache = path.join(root, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const outdir = await mkdtemp(path.join(cache, "crash-"));
  await build({
    entryPoints: ["plugins", "program"].map((name) => path.join(__dirname, "programs", `${name}.ts`)),
    outdir,
    ...nodeOptions,
    // The SDK finds some of its files by path.
    external: [
      ...nodeOptions.external,
      "@pulumi/*",
      "@grpc/grpc-js",
      "google-protobuf",
      "@smallstep-ssh/components/registrationJob",
    ],
  });
  return {
    plugins: path.join(outdir, "plugins.js"),
    program: path.join(outdir, "program.js"),
    remove: () => rm(outdir, { recursive: true, force: true }),
  };
}

/** A process that serves operations until it is killed. */
export class Helper {
  private readonly lines: AsyncIterator<string>;
  /** The end of its standard error. */
  private output = "";

  constructor(
    file: string,
    env: Record<string, string>,
    private readonly child = spawn(process.execPath, [file], {
      env: { ...process.env, ...env },
      stdio: "pipe",
    }),
  ) {
    child.stdin.on("error", () => undefined);
    child.stderr.on("data", (data: Buffer) => (this.output = `${this.output}${data.toString()}`.slice(-2000)));
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && !this.child.killed;
  }

  /** Returns the address that serves the next operation. @throws Error if the process has exited */
  async address(): Promise<string> {
    this.child.stdin.write("\n");
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error(`A helper process of the test exited: ${this.output}`);
    return value;
  }

  /** Kills the process with SIGKILL, which it cannot handle. */
  kill(): void {
    this.child.kill("SIGKILL");
  }
}

/** A current helper and a started spare, so that a replacement is ready as soon as the current one is killed. */
export class Supply {
  private current: Helper;
  private spare: Helper;

  constructor(private readonly make: () => Helper) {
    this.current = make();
    this.spare = make();
  }

  get(): Helper {
    if (!this.current.isAlive) {
      this.current = this.spare;
      this.spare = this.make();
    }
    return this.current;
  }

  close(): void {
    this.current.kill();
    this.spare.kill();
  }
}
