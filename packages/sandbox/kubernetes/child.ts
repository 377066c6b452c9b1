import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";

/** A child process that writes its output to a file. */
export interface Child {
  /** Rejects with the last lines of output if the program exits before `stop` is called. Never resolves. */
  readonly died: Promise<never>;
  /** Sends SIGTERM, sends SIGKILL after `graceMs` milliseconds (default: 3000), and waits for the exit. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a program and appends its output to `logFile`. The program is killed when the current process exits. */
export function startChild(
  name: string,
  [file, ...args]: [string, ...string[]],
  logFile: string,
  env: NodeJS.ProcessEnv = process.env,
): Child {
  const log = openSync(logFile, "a");
  const child = spawn(file, args, { stdio: ["ignore", log, log], env });
  closeSync(log);
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);

  let stopping = false;
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
  }).finally(() => process.removeListener("exit", kill));
  const died = exited.then(async (how) => {
    if (stopping) return new Promise<never>(() => undefined);
    throw new Error(`${name} exited (${how}). Last lines of its output:\n${await tail(logFile)}`);
  });
  // Callers may ignore `died`. This handler prevents an unhandled rejection.
  died.catch(() => undefined);

  return {
    died,
    stop: async (graceMs = 3000) => {
      stopping = true;
      child.kill("SIGTERM");
      const timer = setTimeout(kill, graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Returns a currently free port on 127.0.0.1. Another process can take it before the caller binds it. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-8).join("\n");
}
