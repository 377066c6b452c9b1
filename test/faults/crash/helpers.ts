import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { forNode } from "../../../scripts/forNode.mjs";

const root = path.join(__dirname, "../../..");

/** Files of the two programs of this folder. */
export interface Programs {
  plugins: string;
  program: string;
  remove(): Promise<void>;
}

/** Bundles them, so that starting one again costs little: for each world its own, as nobody may read what another is writing. */
export async function bundlePrograms(): Promise<Programs> {
  // As deep as the component that reads dist/job expects to be.
  const outdir = await mkdtemp(path.join(root, "dist/crash-"));
  await build({
    entryPoints: ["plugins", "program"].map((name) => path.join(__dirname, "programs", `${name}.ts`)),
    outdir,
    ...forNode,
    // The SDK finds parts of itself by their place.
    external: [...forNode.external, "@pulumi/*", "@grpc/grpc-js", "google-protobuf"],
  });
  return {
    plugins: path.join(outdir, "plugins.js"),
    program: path.join(outdir, "program.js"),
    remove: () => rm(outdir, { recursive: true, force: true }),
  };
}

/** A process that serves until it is killed. */
export class Helper {
  private readonly lines: AsyncIterator<string>;
  /** The last that it said. */
  private words = "";

  constructor(
    file: string,
    env: Record<string, string>,
    private readonly child = spawn(process.execPath, [file], {
      env: { ...process.env, ...env },
      stdio: "pipe",
    }),
  ) {
    child.stdin.on("error", () => undefined);
    child.stderr.on("data", (data: Buffer) => (this.words = `${this.words}${data.toString()}`.slice(-2000)));
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && !this.child.killed;
  }

  /** Where it serves the next operation. */
  async address(): Promise<string> {
    this.child.stdin.write("\n");
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error(`A helper of the test has ended: ${this.words}`);
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
