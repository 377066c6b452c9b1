import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What one step of a Pod leaves for the next, as files of the folder that its containers share. */
export class StepState {
  constructor(private readonly dir: string) {}

  /** `add`, `update` or `skip`: what is to be done with the provisioner. */
  writeDecision(decision: "add" | "update" | "skip"): Promise<void> {
    return writeFile(this.path("decision"), decision);
  }

  /** What became of `manage-provisioners`; undefined when it was not called, or did not come to its end. */
  async registration(): Promise<{ exitCode: number; timedOut: boolean; output: string } | undefined> {
    const status = await this.read("register.status");
    if (status === undefined) return undefined;
    const timedOut = (await this.read("register.timeout")) !== undefined;
    return { exitCode: Number(status.trim()), timedOut, output: (await this.read("register.output")) ?? "" };
  }

  /** Adds to what the last container tells when a step has failed. */
  appendLog(line: string): Promise<void> {
    return appendFile(this.path("story"), `${line}\n`);
  }

  async readLog(): Promise<string> {
    return (await this.read("story")) ?? "";
  }

  /** Notes that a step has failed: those after it do nothing. */
  markFailed(step: string): Promise<void> {
    return writeFile(this.path("failed"), step);
  }

  /** The step that has failed. */
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
