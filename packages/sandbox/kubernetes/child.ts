import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { constants } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that leads its own process group, so that Ctrl-C does not reach it. */
export interface Child {
  /** How the program ended. For a signal, the exit code is 128 plus its number, as containers report it. */
  readonly ended: Promise<{ exitCode: number; signal?: number }>;
  /** Rejects with the last lines of output if the program exits before `stop` is called. Never resolves. */
  readonly died: Promise<never>;
  /** Sends SIGTERM to the process group, SIGKILL after `graceMs` milliseconds (default: 3000), and waits for the exit. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a program and appends its output to `logFile`, which only the current user can read. The program is killed when
 * the current process exits. Rejects if it cannot be started.
 */
export async function startChild(options: {
  commandLine: readonly string[];
  logFile: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}): Promise<Child> {
  const { commandLine, logFile, env, cwd } = options;
  const [file = "", ...args] = commandLine;
  const log = openSync(logFile, "a", 0o600);
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
  let stopping = false;
  const ended = new Promise<{ exitCode: number; signal?: number }>((resolve) => {
    child.once("exit", (code, name) => {
      process.removeListener("exit", kill);
      // A container ends with its first process, so kill the rest of the group.
      kill();
      const signal = name === null ? undefined : constants.signals[name];
      resolve({ exitCode: signal === undefined ? (code ?? 0) : 128 + signal, signal });
    });
  });
  const died = ended.then(async ({ exitCode }) => {
    if (stopping) return new Promise<never>(() => undefined);
    const output = (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-8).join("\n");
    throw new Error(`${path.basename(file)} exited (code ${exitCode}). Last lines of its output:\n${output}`);
  });
  // Callers may ignore `died`. This handler prevents an unhandled rejection.
  died.catch(() => undefined);
  return {
    ended,
    died,
    stop: async (graceMs = 3000) => {
      stopping = true;
      signalGroup("SIGTERM");
      const timer = setTimeout(kill, graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Returns a currently free port on 127.0.0.1. Another process can take it before the caller binds it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Repeats `step` until it succeeds. Rejects if it still fails after `seconds`, or when a program that it needs dies. */
export async function waitUntil(what: string, seconds: number, programs: Child[], step: () => Promise<unknown>) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await step();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what} within ${seconds} s`, { cause: error });
    }
    await Promise.race([sleep(100), ...programs.map(({ died }) => died)]);
  }
}
