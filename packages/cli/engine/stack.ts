import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type ConfigMap,
  type EngineEvent,
  LocalWorkspace,
  type OutputMap,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import * as z from "zod";
import type { StackOptions } from "../common/command";
import { CliError } from "../common/errors";

/** The events of an engine operation, and whether it failed. */
export interface OperationResult {
  events: EngineEvent[];
  failed: boolean;
}

/**
 * Opens an existing stack of the project in a folder.
 * @param program the program, run in this process. Absent: only operations on the state work, such as outputs and refresh
 * @throws CliError if there is no project, CommandError if Pulumi fails
 */
export async function openStack({ cwd, stack }: StackOptions, program?: PulumiFn): Promise<Stack> {
  const workDir = path.resolve(cwd);
  if (projectFile(workDir) === undefined) {
    throw new CliError([`--cwd ${cwd}: this folder has no Pulumi.yaml. Give the folder of the project.`]);
  }
  // If a pipeline sets this variable, the engine rejects --preview-only: "--yes and --preview-only cannot be used together".
  const workspace = { workDir, envVars: { PULUMI_SKIP_CONFIRMATIONS: "false" } };
  // Without a program, the CLI reads the project first, and explains a file that is not valid.
  const selected = await LocalWorkspace.selectStack({ stackName: stack, workDir }, workspace);
  if (program !== undefined) selected.workspace.program = program;
  return selected;
}

/**
 * Runs an operation that changes nothing and collects its events, error events included.
 * @throws CommandError if it fails without an error event
 */
export async function collectEvents(stack: Stack, operation: "preview" | "previewRefresh"): Promise<OperationResult> {
  const events: EngineEvent[] = [];
  try {
    const onEvent = (event: EngineEvent) => void events.push(event);
    await withCopiedFile(stack, (configFile) => stack[operation]({ onEvent, configFile }));
    return { events, failed: false };
  } catch (error) {
    if (!events.some(({ diagnosticEvent }) => diagnosticEvent?.severity === "error")) throw error;
    return { events, failed: true };
  }
}

/** Reads the configuration of a stack, secrets in cleartext. @throws CommandError */
export async function readConfig(stack: Stack): Promise<Record<string, string>> {
  const { name, runtime } = await stack.workspace.projectSettings();
  const config = await withCopiedFile(stack, async (file) => {
    // The SDK reads the configuration only of a stack's own file, so this is another project with the same name.
    const workDir = path.dirname(file);
    await writeFile(path.join(workDir, `Pulumi${path.extname(file)}`), JSON.stringify({ name, runtime }));
    return (await LocalWorkspace.create({ workDir })).getAllConfig(stack.name);
  });
  return valuesOf(config);
}

/** Reads the configuration of the last successful deployment, secrets in cleartext. Undefined: the stack was never deployed. */
export async function readDeployedConfig(stack: Stack): Promise<Record<string, string> | undefined> {
  for (let page = 1; ; page++) {
    const operations = await stack.history(20, page);
    const found = operations.find(({ kind, result }) => kind === "update" && result === "succeeded");
    if (found !== undefined) return valuesOf(found.config);
    if (operations.length === 0) return undefined;
  }
}

function valuesOf(config: ConfigMap): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]));
}

/** Calls a function with a copy of the stack's file, because the CLI writes the salt of the passphrase to a file that lacks it. */
async function withCopiedFile<T>(stack: Stack, act: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "smallstep-ssh-"));
  try {
    const { workDir } = stack.workspace;
    const { stackConfigDir } = projectSchema.parse(await stack.workspace.projectSettings());
    const name = stackFileName(stack.name, path.extname(projectFile(workDir) ?? "Pulumi.yaml"));
    const file = path.join(workDir, stackConfigDir, name);
    const copy = path.join(folder, name);
    if (existsSync(file)) await copyFile(file, copy);
    return await act(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The SDK's type of a project lacks this setting. */
const projectSchema = z.object({ stackConfigDir: z.string().default("") });

/** Returns the name of a stack's file. The name of a stack can start with an organization and a project. */
export function stackFileName(stack: string, extension: string): string {
  return `Pulumi.${stack.split("/").at(-1)}${extension}`;
}

/** Extensions of the file of a project. The files of its stacks have the same extension. */
export const fileExtensions = [".yaml", ".yml", ".json"];

/** Returns the file of the project in a folder. */
function projectFile(folder: string): string | undefined {
  return fileExtensions.map((extension) => path.join(folder, `Pulumi${extension}`)).find((file) => existsSync(file));
}

const outputsOfTeams = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Returns the outputs of each team by its key. A stack without `teams` has one team, `default`. Secrets are in cleartext. */
export function outputsByTeam(outputs: OutputMap): Record<string, Record<string, unknown>> {
  const teams = outputsOfTeams.safeParse(outputs["teams"]?.value);
  if (teams.success) return teams.data;
  return { default: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown])) };
}
