import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";

/** A program that runs beside us, its output in a file. */
export interface Child {
  readonly pid: number;
  /** Rejects when the program ends by itself, with the end of its output. Never resolves. */
  readonly died: Promise<never>;
  /** Asks it to end, ends it after `graceMs`, and waits until it is gone. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a program. It is ended when our process ends. */
export function startChild(
  name: string,
  [file, ...words]: [string, ...string[]],
  logFile: string,
  env: NodeJS.ProcessEnv = process.env,
): Child {
  const log = openSync(logFile, "a");
  const child = spawn(file, words, { stdio: ["ignore", log, log], env });
  closeSync(log);
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);

  let stopping = false;
  const gone = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
  }).finally(() => process.removeListener("exit", kill));
  const died = gone.then(async (how) => {
    if (stopping) return new Promise<never>(() => undefined);
    throw new Error(`${name} ended (${how}). The end of its output:\n${await tail(logFile)}`);
  });
  // Whoever waits for it sees the rejection; nobody has to.
  died.catch(() => undefined);

  return {
    pid: child.pid ?? -1,
    died,
    stop: async (graceMs = 3000) => {
      stopping = true;
      child.kill("SIGTERM");
      const timer = setTimeout(kill, graceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** A port on 127.0.0.1 that was free just now. */
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
