import { LocalWorkspace, type EngineEvent, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { existsSync } from "node:fs";
import path from "node:path";
import { CliError } from "../common/errors";

export interface StackOptions {
  /** Folder with Pulumi.yaml. */
  cwd: string;
  stack: string;
  /** What the stack declares, run in this process; absent: only what works from the state (outputs, refresh). */
  program?: PulumiFn;
}

/** What an operation of the engine told, and whether it failed. */
export interface OperationResult {
  events: EngineEvent[];
  failed: boolean;
}

/** A stack that exists, in the project of a folder. @throws CliError */
export async function openStack({ cwd, stack, program }: StackOptions): Promise<Stack> {
  const workDir = path.resolve(cwd);
  if (!["yaml", "yml", "json"].some((extension) => existsSync(path.join(workDir, `Pulumi.${extension}`)))) {
    throw new CliError([`--cwd ${cwd}: there is no Pulumi.yaml in this folder.`]);
  }
  // Set for all of a pipeline, it makes the engine refuse --preview-only: "--yes and --preview-only cannot be used together".
  const workspace = { workDir, envVars: { PULUMI_SKIP_CONFIRMATIONS: "false" } };
  try {
    if (program === undefined) return await LocalWorkspace.selectStack({ stackName: stack, workDir }, workspace);
    const { name } = await (await LocalWorkspace.create({ workDir })).projectSettings();
    return await LocalWorkspace.selectStack({ stackName: stack, projectName: name, program }, workspace);
  } catch (error) {
    throw new CliError([`The stack ${stack} cannot be opened: ${errorMessage(error)}`]);
  }
}

/** Runs an operation and gathers what it tells; an operation that fails has told why. @throws CliError when it told nothing */
export async function collectEvents(
  operation: (handlers: { onEvent: (event: EngineEvent) => void }) => Promise<unknown>,
): Promise<OperationResult> {
  const events: EngineEvent[] = [];
  try {
    await operation({ onEvent: (event) => void events.push(event) });
    return { events, failed: false };
  } catch (error) {
    const told = events.some(({ diagnosticEvent }) => diagnosticEvent?.severity === "error");
    if (!told) throw new CliError([`The engine failed: ${errorMessage(error)}`]);
    return { events, failed: true };
  }
}

/** What the engine said when it refused: its own lines of error, else the first line. */
function errorMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/ENOENT|not found.*pulumi|Failed to find.*pulumi/i.test(message) && /pulumi/.test(message)) {
    return "the Pulumi CLI is not on PATH: install it (https://www.pulumi.com/docs/install/).";
  }
  const lines = message.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("error:")).map((line) => line.replace(/^error:\s*/, ""));
  const said =
    errors.length > 0 ? [...new Set(errors)].join(" ") : (lines.find((line) => line !== "") ?? "it gave no reason");
  return /[.!?)]$/.test(said) ? said : `${said}.`;
}
