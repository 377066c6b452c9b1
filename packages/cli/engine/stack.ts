import { existsSync } from "node:fs";
import path from "node:path";
import { LocalWorkspace, type EngineEvent, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { CliError } from "../common/errors";

export interface StackOptions {
  /** Folder with Pulumi.yaml. */
  cwd: string;
  stack: string;
  /** The program, run in this process. Absent: only operations on the state work, such as outputs and refresh. */
  program?: PulumiFn;
}

/** The events of an engine operation, and whether it failed. */
export interface OperationResult {
  events: EngineEvent[];
  failed: boolean;
}

/** Opens an existing stack of the project in a folder. @throws CliError if there is no project or no such stack */
export async function openStack({ cwd, stack, program }: StackOptions): Promise<Stack> {
  const workDir = path.resolve(cwd);
  if (!["yaml", "yml", "json"].some((extension) => existsSync(path.join(workDir, `Pulumi.${extension}`)))) {
    throw new CliError([`--cwd ${cwd}: this folder has no Pulumi.yaml. Give the folder of the project.`]);
  }
  // If a pipeline sets this variable, the engine rejects --preview-only: "--yes and --preview-only cannot be used together".
  const workspace = { workDir, envVars: { PULUMI_SKIP_CONFIRMATIONS: "false" } };
  try {
    if (program === undefined) return await LocalWorkspace.selectStack({ stackName: stack, workDir }, workspace);
    const { name } = await (await LocalWorkspace.create({ workDir })).projectSettings();
    return await LocalWorkspace.selectStack({ stackName: stack, projectName: name, program }, workspace);
  } catch (error) {
    throw new CliError([`Cannot open the stack ${stack}: ${errorMessage(error)}`]);
  }
}

/** Runs an engine operation and collects its events, error events included. @throws CliError if it fails without an error event */
export async function collectEvents(
  operation: (handlers: { onEvent: (event: EngineEvent) => void }) => Promise<unknown>,
): Promise<OperationResult> {
  const events: EngineEvent[] = [];
  try {
    await operation({ onEvent: (event) => void events.push(event) });
    return { events, failed: false };
  } catch (error) {
    const reported = events.some(({ diagnosticEvent }) => diagnosticEvent?.severity === "error");
    if (!reported) throw new CliError([`The engine failed: ${errorMessage(error)}`]);
    return { events, failed: true };
  }
}

/** Returns the reason of an engine failure: its lines that start with `error:`, otherwise the first line. */
function errorMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/ENOENT|not found.*pulumi|Failed to find.*pulumi/i.test(message) && /pulumi/.test(message)) {
    return "the Pulumi CLI is not on PATH: install it (https://www.pulumi.com/docs/install/).";
  }
  const lines = message.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("error:")).map((line) => line.replace(/^error:\s*/, ""));
  const reason =
    errors.length > 0 ? [...new Set(errors)].join(" ") : (lines.find((line) => line !== "") ?? "it gave no reason");
  return /[.!?)]$/.test(reason) ? reason : `${reason}.`;
}
