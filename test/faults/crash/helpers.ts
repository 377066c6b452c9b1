import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

/** A process that serves operations until it is killed. */
export class Helper {
  private readonly lines: AsyncIterator<string>;
  /** The end of its standard error. */
  private output = "";

  /** @param name name of a file in `programs/`, which the set-up of the tests has bundled */
  constructor(
    name: "plugins" | "program",
    env: Record<string, string>,
    private readonly child = spawn(process.execPath, [path.join(__dirname, "dist", `${name}.js`)], {
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
