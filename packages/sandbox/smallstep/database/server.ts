import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

import type { Authority } from "entra-emulator";
import { generateTestSecret } from "entra-emulator/testing";
import { freePort } from "../../kubernetes/child";

/** A separate PostgreSQL server on 127.0.0.1 that accepts only TLS. */
export interface PostgresServer {
  port: number;
  superuser: { username: string; password: string };
  /** Process that runs the server. The server stops when this process or the current process exits. */
  guardianPid: number;
  /** Stops the server and removes its data. */
  close(): Promise<void>;
}

/** Options that guardian.mjs reads from its standard input. */
interface GuardianOptions {
  databaseDir: string;
  logFile: string;
  port: number;
  username: string;
  password: string;
  key: string;
  cert: string;
}

/**
 * Starts PostgreSQL with its log in `dir/postgres.log` and its data below `dir`. For root, the data are in a separate
 * temporary folder, because PostgreSQL runs under another account that cannot read root's folders.
 * @throws Error with the last lines of the server's log
 */
export async function startPostgres(options: { authority: Authority; dir: string }): Promise<PostgresServer> {
  await mkdir(options.dir, { recursive: true });
  const isRoot = process.getuid?.() === 0;
  const databaseDir = isRoot ? await mkdtemp(path.join(tmpdir(), "folk-")) : path.join(options.dir, "data");
  const superuser = { username: "postgres", password: generateTestSecret() };
  const certificate = await options.authority.issue();
  // Another process can take the free port before the server binds it.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const guardian = spawn(process.execPath, [path.join(__dirname, "guardian.mjs")], {
      stdio: ["pipe", "pipe", "ignore"],
      // Use a separate process group: Ctrl-C reaches only the current process, which stops its children in order.
      detached: true,
    });
    const close = async () => {
      if (guardian.exitCode === null && guardian.signalCode === null) {
        const exited = new Promise((resolve) => guardian.once("exit", resolve));
        guardian.stdin.end();
        await exited;
      }
      await rm(databaseDir, { recursive: true, force: true });
    };
    const guardianOptions: GuardianOptions = {
      databaseDir,
      logFile: path.join(options.dir, "postgres.log"),
      port,
      ...superuser,
      ...certificate,
    };
    const verdict = firstLine(guardian);
    guardian.stdin.on("error", () => undefined);
    guardian.stdin.write(`${JSON.stringify(guardianOptions)}\n`);
    const line = await verdict;
    if (line === "ready") return { port, superuser, guardianPid: guardian.pid ?? -1, close };
    await close();
    if (attempt === 3 || !/Address already in use|could not create any TCP/.test(line)) {
      throw new Error(`PostgreSQL did not start: ${line.replace(/^failed /, "")}`);
    }
  }
}

function firstLine(guardian: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    guardian.once("error", (error) => resolve(`failed ${error.message}`));
    guardian.once("exit", (code, signal) => resolve(`failed its process exited (${signal ?? code})`));
    if (guardian.stdout) createInterface({ input: guardian.stdout }).once("line", resolve);
  });
}
