import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** State that one step of a Pod passes to the next, as files in the shared folder of its containers. */
export class StepState {
  constructor(private readonly dir: string) {}

  /** Writes what the register step does with the provisioner. */
  writeDecision(decision: "add" | "update" | "skip"): Promise<void> {
    return writeFile(this.path("decision"), decision);
  }

  /** Reads the result of `manage-provisioners`; undefined when the tool did not run or the container ended before it. */
  async registration(): Promise<{ exitCode: number; timedOut: boolean; output: string } | undefined> {
    const status = await this.read("register.status");
    if (status === undefined) return undefined;
    const timedOut = (await this.read("register.timeout")) !== undefined;
    return { exitCode: Number(status.trim()), timedOut, output: (await this.read("register.output")) ?? "" };
  }

  /** Appends a line to the log that the last container prints when a step has failed. */
  appendLog(line: string): Promise<void> {
    return appendFile(this.path("log"), `${line}\n`);
  }

  async readLog(): Promise<string> {
    return (await this.read("log")) ?? "";
  }

  /** Records that a step has failed, so that the later steps do nothing. */
  markFailed(step: string): Promise<void> {
    return writeFile(this.path("failed"), step);
  }

  /** Returns the name of the failed step; undefined when none has failed. */
  failed(): Promise<string | undefined> {
    return this.read("failed");
  }

  private path(name: string): string {
    return join(this.dir, name);
  }

  private async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.path(name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
