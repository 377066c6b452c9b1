import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** A container's process on this machine. It leads its own process group. */
export interface ContainerProcess {
  pid: number;
  /** How the process ended. For a signal, the exit code is 128 plus its number, as containers report it. */
  ended: Promise<{ exitCode: number; signal?: number }>;
  /** Sends SIGTERM to the process group, SIGKILL after `graceMs` milliseconds, and resolves after the exit. */
  stop(graceMs: number): Promise<void>;
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Starts a container's process and appends its output to `logFile`. Rejects if the process cannot be started. */
export async function startProcess(options: {
  commandLine: readonly string[];
  env: Record<string, string>;
  cwd: string;
  logFile: string;
}): Promise<ContainerProcess> {
  const [file = "", ...args] = options.commandLine;
  const log = openSync(options.logFile, "a", 0o600);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", log, log],
    // Use a separate process group so that signals also reach the children of a shell.
    detached: true,
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const pid = child.pid as number;
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      process.kill(-pid, signal);
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
      const signal = name === null ? undefined : (signalNumbers[name] ?? 0);
      resolve(signal === undefined ? { exitCode: code ?? 0 } : { exitCode: 128 + signal, signal });
    });
  });
  return {
    pid,
    ended,
    stop: async (graceMs) => {
      signalGroup("SIGTERM");
      const timer = setTimeout(kill, graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
