import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

/** A process that serves operations until it is killed or this process ends. */
export class Helper {
  /** The address that it prints. */
  readonly address: Promise<string>;
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
    const line = once(createInterface({ input: child.stdout }), "line") as Promise<[string]>;
    const ended = once(child, "exit").then(() => Promise.reject(new Error(`${name} exited: ${this.output}`)));
    this.address = Promise.race([line.then(([address]) => address), ended]);
    // A spare that is killed before its use has no address.
    this.address.catch(() => undefined);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && !this.child.killed;
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
