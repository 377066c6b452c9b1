import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** A container's process on this machine, the head of a process group of its own. */
export interface ContainerProcess {
  pid: number;
  /** How it ended. A signal gives 128 + its number, as containers report it. */
  ended: Promise<{ exitCode: number; signal?: number }>;
  /** Asks the whole group to end, and ends it after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Starts a container's process; rejects when it cannot be started. Its output goes to `logFile`. */
export async function startProcess(options: {
  words: readonly string[];
  env: Record<string, string>;
  cwd: string;
  logFile: string;
}): Promise<ContainerProcess> {
  const [file = "", ...args] = options.words;
  const log = openSync(options.logFile, "a", 0o600);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", log, log],
    // A group of its own, so that what a shell started ends with it.
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
      // It is gone already.
    }
  };
  const kill = () => signalGroup("SIGKILL");
  process.once("exit", kill);
  const ended = new Promise<{ exitCode: number; signal?: number }>((resolve) => {
    child.once("exit", (code, name) => {
      process.removeListener("exit", kill);
      // A container ends with its first process: the rest of the group too.
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
