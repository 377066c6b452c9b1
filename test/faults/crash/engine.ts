import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { projectName } from "@smallstep-ssh/sandbox";
import type { Supply } from "./helpers";

export interface Ended {
  /** `null` when the process was killed. */
  code: number | null;
  output: string;
}

interface Checkpoint {
  checkpoint: {
    latest?: {
      resources?: { urn: string; type: string; id?: string; inputs?: Record<string, unknown> }[];
      pending_operations?: { type: string; resource: { urn: string } }[];
    };
  };
}

/**
 * Maximum time without output, in milliseconds. After it, the operation counts as hung and is killed, and the defect of
 * its case shows that.
 */
const stallBound = 120_000;

/** Returns whether the engine did nothing, because another operation holds the stack's lock. */
export function isLocked({ output }: Ended): boolean {
  return output.includes("currently locked");
}

/** The engine's command with a project whose program and plugins run in processes that the test can kill. */
export class EngineCommand {
  /** Process id of the running operation. */
  pid: number | undefined;
  stackName = "dev";

  constructor(
    private readonly pulumi: string,
    private readonly dir: string,
    private readonly home: string,
    private readonly helpers: { plugins: Supply; program: Supply },
  ) {}

  up = (...flags: string[]) => this.operation("up", ["--skip-preview", ...flags]);
  preview = (...flags: string[]) => this.operation("preview", flags);
  refresh = (...flags: string[]) => this.operation("refresh", ["--skip-preview", ...flags]);
  destroy = (...flags: string[]) => this.operation("destroy", ["--skip-preview", ...flags]);
  cancel = () => this.command("cancel", "--yes", "dev");

  /** Runs a command that needs neither the program nor a plugin. */
  command(...args: string[]): Promise<Ended> {
    return this.run(this.pulumi, [...args, "--non-interactive", "--color", "never"], {});
  }

  /** Runs a command as a user pastes it into a shell. The helper program replaces the installed language host. */
  async shell(command: string): Promise<Ended> {
    const bin = path.join(this.dir, "bin");
    await mkdir(bin, { recursive: true });
    const host = `#!/bin/sh\necho ${await this.helpers.program.get().address}\nexec cat\n`;
    await writeFile(path.join(bin, "pulumi-language-nodejs"), host, { mode: 0o700 });
    const folders = [bin, path.dirname(this.pulumi), process.env["PATH"] ?? ""];
    return this.run("sh", ["-c", command], { ...(await this.providers()), PATH: folders.join(":") });
  }

  /**
   * Deletes the attributes file that a file backend writes next to each state file, not atomically. An empty one makes
   * the state unreadable; a missing one does not matter.
   */
  async removeAttributes(): Promise<void> {
    await rm(path.join(this.dir, "state/.pulumi/stacks", projectName, "dev.json.attrs"), { force: true });
  }

  async state(): Promise<NonNullable<Checkpoint["checkpoint"]["latest"]>> {
    const file = path.join(this.dir, "state/.pulumi/stacks", projectName, `${this.stackName}.json`);
    return (JSON.parse(await readFile(file, "utf8")) as Checkpoint).checkpoint.latest ?? {};
  }

  /** Saves the backend's files and returns a function that restores them. */
  async keep(name: string): Promise<() => Promise<void>> {
    const [now, kept] = [path.join(this.dir, "state"), path.join(this.dir, `kept-${name}`)];
    await cp(now, kept, { recursive: true });
    return async () => {
      await rm(now, { recursive: true, force: true });
      await cp(kept, now, { recursive: true });
    };
  }

  private async operation(name: string, flags: string[]): Promise<Ended> {
    const program = await this.helpers.program.get().address;
    const common = ["--stack", this.stackName, "--suppress-progress", "--exec-kind", "auto.inline"];
    const yes = name === "preview" ? [] : ["--yes"];
    const args = [
      name,
      ...yes,
      ...common,
      "--non-interactive",
      "--color",
      "never",
      `--client=127.0.0.1:${program}`,
      ...flags,
    ];
    const ended = await this.run(this.pulumi, args, await this.providers());
    // The process of a language host ends with its operation. After a success, or without a run of the program, the
    // helper can serve the next one.
    if (ended.code !== 0 && (name === "up" || name === "preview") && !isLocked(ended))
      this.helpers.program.get().kill();
    return ended;
  }

  private async providers(): Promise<Record<string, string>> {
    return { PULUMI_DEBUG_PROVIDERS: await this.helpers.plugins.get().address };
  }

  private run(command: string, args: string[], env: Record<string, string>): Promise<Ended> {
    const child = spawn(command, args, {
      cwd: path.join(this.dir, "project"),
      env: {
        ...process.env,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_SKIP_CONFIRMATIONS: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_HOME: this.home,
        PULUMI_STACK: this.stackName,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.pid = child.pid;
    let output = "";
    const stalled = setTimeout(() => {
      output += `\nStalled: no output for ${stallBound / 1000} s.`;
      child.kill("SIGKILL");
    }, stallBound);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => {
        output += data.toString();
        stalled.refresh();
      });
    }
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(stalled);
        this.pid = undefined;
        resolve({ code, output });
      });
    });
  }
}
