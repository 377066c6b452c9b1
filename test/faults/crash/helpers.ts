import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";

const root = path.join(__dirname, "../../..");
// As deep as the component that reads dist/job expects to be.
const outdir = path.join(root, "dist/crash");

/** Bundles the two programs of this folder, so that starting one again costs little. */
export async function bundlePrograms(): Promise<{ plugins: string; program: string }> {
  await build({
    entryPoints: ["plugins", "program"].map((name) => path.join(__dirname, "programs", `${name}.ts`)),
    outdir,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // The SDK finds parts of itself by their place.
    external: ["@pulumi/*", "@grpc/grpc-js", "google-protobuf", "pg-native", "cloudflare:sockets", "pg-cloudflare"],
    logLevel: "error",
  });
  return { plugins: path.join(outdir, "plugins.js"), program: path.join(outdir, "program.js") };
}

/** A process that serves until it is killed. */
export class Helper {
  private readonly lines: AsyncIterator<string>;

  constructor(
    file: string,
    env: Record<string, string>,
    private readonly child = spawn(process.execPath, [file], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "ignore"],
    }),
  ) {
    child.stdin.on("error", () => undefined);
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && !this.child.killed;
  }

  /** Where it serves the next operation. */
  async address(): Promise<string> {
    this.child.stdin.write("\n");
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error("A helper of the test has ended.");
    return value;
  }

  /** At once, with nothing that the process could do about it. */
  kill(): void {
    this.child.kill("SIGKILL");
  }
}

/** One helper at a time, and the next one started already: it is to be there when the first has been killed. */
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
