import { mkdir, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import {
  LocalWorkspace,
  type ConfigMap,
  type EngineEvent,
  type OpMap,
  type PreviewOptions,
  type PulumiCommand,
  type Stack,
  type PulumiFn,
} from "@pulumi/pulumi/automation";
import { runProgram } from "../runProgram";

export const projectName = "smallstep-ssh-azuread";
/** Passphrase for the secrets in the state. The stack exists only during one run, so a constant is sufficient. */
export const passphrase = "sandbox-passphrase";

/** Result of one operation of the engine. */
export interface Operation {
  /** Number of resources by operation: create, update, delete, replace, same. */
  changes: OpMap;
  /** Operations by resource, without unchanged resources. */
  steps: { op: string; type: string; name: string; diffs: string[] }[];
  /** Output of the engine. */
  output: string;
  /** Diagnostics of the program and the plugins: warnings, errors, notes. */
  diagnostics: string;
}

/** The stack under test: the product's program with a separate file backend. */
export class SandboxStack {
  /** Output of the engine so far. A later step searches it for secrets. */
  readonly transcript: string[] = [];
  /** The engine's events as JSON, except for the SDK's debug messages. A later step searches them for secrets. */
  readonly events: string[] = [];

  private constructor(
    private readonly stack: Stack,
    private readonly backend: string,
    private readonly print: ((text: string) => void) | undefined,
  ) {}

  static async create(options: {
    dir: string;
    stackName: string;
    program: PulumiFn;
    engine: PulumiCommand;
    config: ConfigMap;
    /** Folders of the plugins' executables, by plugin name. */
    plugins: Record<string, string>;
    env: Record<string, string>;
    /** URL of the secrets provider. Default: a passphrase. */
    secretsProvider?: string;
    /** Pulumi's home folder, which contains downloaded plugins. */
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
        secretsProvider: options.secretsProvider,
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

  preview(options: PreviewOptions = {}): Promise<Operation> {
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

  /** Returns the outputs with secrets in cleartext. Use them only in assertions and never print them. */
  outputs() {
    return this.stack.outputs();
  }

  /** Returns the state file of the backend, in which secrets are encrypted. */
  stateFile(): Promise<string> {
    return readFile(path.join(this.backend, ".pulumi", "stacks", projectName, `${this.stack.name}.json`), "utf8");
  }

  /** Returns the content of all files of the backend: the state, its backups and its history. */
  async backendFiles(): Promise<string> {
    const entries = await readdir(this.backend, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
  }

  /** Returns the output of `pulumi stack export` and `pulumi stack output --json` without `--show-secrets`. */
  async exportWithoutSecrets(): Promise<string> {
    const { pulumiCommand, workDir, envVars, pulumiHome } = this.stack.workspace;
    const env = { ...process.env, ...envVars, PULUMI_HOME: pulumiHome };
    const answers = [];
    for (const command of [["export"], ["output", "--json"]]) {
      const args = ["stack", ...command, "--stack", this.stack.name];
      const { code, out, err } = await runProgram(pulumiCommand.command, args, { cwd: workDir, env });
      if (code !== 0) throw new Error(err);
      answers.push(out);
    }
    return answers.join("\n");
  }

  /** Changes the plugin folders of later operations. */
  usePlugins(plugins: Record<string, string>): Promise<void> {
    return this.stack.workspace.saveProjectSettings(projectSettings(this.backend, plugins));
  }

  setConfig(config: ConfigMap): Promise<void> {
    return this.stack.setAllConfig(config, true);
  }

  /** Removes a setting with all nested settings. Required before setting a shorter list. */
  removeConfig(key: string): Promise<void> {
    return this.stack.removeConfig(`${projectName}:${key}`, true);
  }

  cancel(): Promise<void> {
    return this.stack.cancel();
  }

  private async operation(
    run: (handlers: { onOutput: (text: string) => void; onEvent: (event: EngineEvent) => void }) => Promise<unknown>,
  ): Promise<Operation> {
    const operation: Operation = { changes: {}, steps: [], output: "", diagnostics: "" };
    const onOutput = (text: string) => {
      operation.output += text;
      this.transcript.push(text);
      this.print?.(text);
    };
    const onEvent = (event: EngineEvent) => {
      const { diagnosticEvent, summaryEvent, resourcePreEvent, resOutputsEvent } = event;
      // The SDK's debug messages contain values in cleartext. The engine shows them only with --debug.
      if (String(diagnosticEvent?.severity) === "debug") return;
      this.events.push(JSON.stringify(event));
      if (diagnosticEvent) {
        operation.diagnostics += diagnosticEvent.message;
        this.transcript.push(diagnosticEvent.message);
      }
      if (summaryEvent) operation.changes = summaryEvent.resourceChanges;
      // A refresh reports its result at the end of each step. Its first event only announces the read.
      const metadata = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
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
    return operation;
  }
}

function projectSettings(backend: string, plugins: Record<string, string>) {
  const providers = Object.entries(plugins).map(([name, folder]) => ({ name, path: folder }));
  // The SDK's type does not declare `plugins`.
  return {
    name: projectName,
    runtime: "nodejs",
    backend: { url: `file://${backend}` },
    plugins: { providers },
  } as never;
}

/** Returns whether an operation changed no resource. */
export function isUnchanged(changes: OpMap): boolean {
  return Object.entries(changes).every(([op, count]) => op === "same" || op === "read" || count === 0);
}
