import { execFile } from "node:child_process";
import { mkdir, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import {
  LocalWorkspace,
  type ConfigMap,
  type EngineEvent,
  type OpMap,
  type PulumiCommand,
  type Stack,
} from "@pulumi/pulumi/automation";
import type { PulumiFn } from "@pulumi/pulumi/automation";

export const projectName = "smallstep-ssh-azuread";
/** Encrypts secrets in the state of a stack that lives as long as one run. */
export const passphrase = "sandbox-passphrase";

/** What one operation of the engine did. */
export interface Operation {
  /** Number of resources by what was done to them: create, update, delete, replace, same. */
  changes: OpMap;
  /** The same, by resource: `create components:AccessGroups ...`, without those left as they are. */
  steps: { op: string; type: string; name: string; diffs: string[] }[];
  /** All that the engine printed. */
  output: string;
  /** What the program and the plugins said: warnings, errors, notes. */
  diagnostics: string;
}

/** The stack under test: the product's own program, on a file backend of its own. */
export class SandboxStack {
  private constructor(
    private readonly stack: Stack,
    private readonly backend: string,
    private readonly print: ((text: string) => void) | undefined,
    /** All that the engine has printed so far: searched for secrets at the end. */
    readonly transcript: string[] = [],
    /** The engine's events as JSON, but for the SDK's debug messages: searched too. */
    readonly events: string[] = [],
  ) {}

  static async create(options: {
    dir: string;
    stackName: string;
    program: PulumiFn;
    engine: PulumiCommand;
    config: ConfigMap;
    /** Folder of each plugin's executable, by name. */
    plugins: Record<string, string>;
    env: Record<string, string>;
    /** Pulumi's home: downloaded plugins are kept there. */
    home: string;
    print?: (text: string) => void;
  }): Promise<SandboxStack> {
    const backend = path.join(options.dir, "state");
    const workDir = path.join(options.dir, "project");
    await Promise.all([backend, workDir].map((folder) => mkdir(folder, { recursive: true })));
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: options.stackName, projectName, program: options.program },
      {
        workDir,
        pulumiCommand: options.engine,
        pulumiHome: options.home,
        projectSettings: projectSettings(backend, options.plugins),
        envVars: {
          PULUMI_CONFIG_PASSPHRASE: passphrase,
          PULUMI_SKIP_UPDATE_CHECK: "true",
          ...options.env,
        },
      },
    );
    await stack.setAllConfig(options.config, true);
    return new SandboxStack(stack, backend, options.print);
  }

  preview(
    options: {
      refresh?: boolean;
      policyPacks?: string[];
      logVerbosity?: number;
      logFlow?: boolean;
      logToStdErr?: boolean;
    } = {},
  ): Promise<Operation> {
    return this.operation((handlers) => this.stack.preview({ ...handlers, ...options, diff: true }));
  }

  up(): Promise<Operation> {
    return this.operation((handlers) => this.stack.up(handlers));
  }

  refresh(): Promise<Operation> {
    return this.operation((handlers) => this.stack.refresh(handlers));
  }

  destroy(): Promise<Operation> {
    return this.operation((handlers) => this.stack.destroy(handlers));
  }

  /** Outputs with their secrets in clear: for assertions only, never printed. */
  outputs() {
    return this.stack.outputs();
  }

  /** The state as it lies in the backend: secrets encrypted. */
  stateFile(): Promise<string> {
    return readFile(path.join(this.backend, ".pulumi", "stacks", projectName, `${this.stack.name}.json`), "utf8");
  }

  /** All files of the backend: the state, its backups and its history. */
  async backendFiles(): Promise<string> {
    const entries = await readdir(this.backend, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
  }

  /** What `pulumi stack export` and `pulumi stack output --json` give to somebody who did not ask for secrets. */
  async exportWithoutSecrets(): Promise<string> {
    const { pulumiCommand, workDir, envVars, pulumiHome } = this.stack.workspace;
    const env = { ...envVars, ...(pulumiHome === undefined ? {} : { PULUMI_HOME: pulumiHome }) } as Record<
      string,
      string
    >;
    const ask = (...args: string[]) =>
      promisify(execFile)(pulumiCommand.command, [...args, "--stack", this.stack.name], {
        cwd: workDir,
        env: { ...process.env, ...env },
        maxBuffer: 64 * 1024 * 1024,
      });
    const answers = [await ask("stack", "export"), await ask("stack", "output", "--json")];
    return answers.map(({ stdout }) => stdout).join("\n");
  }

  /** Other folders for the plugins from now on. */
  usePlugins(plugins: Record<string, string>): Promise<void> {
    return this.stack.workspace.saveProjectSettings(projectSettings(this.backend, plugins));
  }

  setConfig(config: ConfigMap): Promise<void> {
    return this.stack.setAllConfig(config, true);
  }

  /** Removes a setting with all that is below it: a list that is to be shorter, for one. */
  removeConfig(key: string): Promise<void> {
    return this.stack.removeConfig(`${projectName}:${key}`);
  }

  cancel(): Promise<void> {
    return this.stack.cancel();
  }

  private async operation(
    run: (handlers: { onOutput: (text: string) => void; onEvent: (event: EngineEvent) => void }) => Promise<unknown>,
  ): Promise<Operation> {
    const output: string[] = [];
    const operation: Operation = { changes: {}, steps: [], output: "", diagnostics: "" };
    const onOutput = (text: string) => {
      output.push(text);
      this.transcript.push(text);
      this.print?.(text);
    };
    const onEvent = (event: EngineEvent) => {
      if (String(event.diagnosticEvent?.severity) !== "debug") this.events.push(JSON.stringify(event));
      // The SDK's own debug messages hold values in clear; the engine shows them only when asked to with --debug.
      if (event.diagnosticEvent && String(event.diagnosticEvent.severity) !== "debug") {
        operation.diagnostics += event.diagnosticEvent.message;
        this.transcript.push(event.diagnosticEvent.message);
      }
      if (event.summaryEvent) operation.changes = event.summaryEvent.resourceChanges as OpMap;
      // A refresh reports what it did at the end of each step; its first event only says that it looks.
      const metadata = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
      if (metadata === undefined || metadata.op === "same" || metadata.op === "refresh") return;
      operation.steps.push({
        op: metadata.op,
        type: metadata.type,
        name: metadata.urn.split("::").pop() ?? "",
        diffs: Object.keys(metadata.detailedDiff ?? {}),
      });
    };
    try {
      await run({ onOutput, onEvent });
    } catch (error) {
      throw new Error(error instanceof Error ? error.message : String(error), { cause: error });
    }
    operation.output = output.join("");
    return operation;
  }
}

function projectSettings(backend: string, plugins: Record<string, string>) {
  const providers = Object.entries(plugins).map(([name, folder]) => ({ name, path: folder }));
  // The SDK's type does not know `plugins`.
  return {
    name: projectName,
    runtime: "nodejs",
    backend: { url: `file://${backend}` },
    plugins: { providers },
  } as never;
}

/** Whether an operation left everything as it was. */
export function isUnchanged(changes: OpMap): boolean {
  return Object.entries(changes).every(([op, count]) => op === "same" || op === "read" || count === 0);
}
