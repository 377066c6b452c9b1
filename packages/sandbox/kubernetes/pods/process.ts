import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

/** A container's process on this machine. It leads its own process group. */
export interface ContainerProcess {
  /** How the process ended. For a signal, the exit code is 128 plus its number, as containers report it. */
  ended: Promise<{ exitCode: number; signal?: number }>;
  /** Sends SIGTERM to the process group, SIGKILL after `graceMs` milliseconds, and resolves after the exit. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a container's process and appends its output to `logFile`. Rejects if the process cannot be started. */
export async function startProcess(options: {
  commandLine: readonly string[];
  env: Record<string, string>;
  cwd: string;
  logFile: string;
}): Promise<ContainerProcess> {
  const { commandLine, env, cwd, logFile } = options;
  const [file = "", ...args] = commandLine;
  const log = openSync(logFile, "a", 0o600);
  // Use a separate process group so that signals also reach the children of a shell.
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  await once(child, "spawn");
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The process group has already exited.
    }
  };
  const kill = () => signalGroup("SIGKILL");
  process.once("exit", kill);
  const ended = new Promise<{ exitCode: number; signal?: number }>((resolve) => {
    child.once("exit", (code, name) => {
      process.removeListener("exit", kill);
      // A container ends with its first process, so kill the rest of the group.
      kill();
      const signal = name === null ? undefined : constants.signals[name];
      resolve({ exitCode: signal === undefined ? (code ?? 0) : 128 + signal, signal });
    });
  });
  return {
    ended,
    stop: async (graceMs) => {
      signalGroup("SIGTERM");
      const timer = setTimeout(kill, graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
