import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

import { generateTestSecret } from "../../canary";
import { freePort } from "../../kubernetes/child";
import type { Authority } from "../../tls";

/** A PostgreSQL server of its own on 127.0.0.1, with TLS only. */
export interface PostgresServer {
  port: number;
  superuser: { username: string; password: string };
  /** Process that keeps the server: the server ends when it does, or when our process does. */
  guardianPid: number;
  /** Stops the server and removes its data. */
  close(): Promise<void>;
}

/** What guardian.mjs is told, on its standard input. */
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
 * Starts PostgreSQL. Its log is `dir/postgres.log`; its data are below `dir`, except for root: then they are in a folder of
 * the account that PostgreSQL runs as, which could not reach into folders of root's.
 * @throws Error with the end of the server's log
 */
export async function startPostgres(options: { authority: Authority; dir: string }): Promise<PostgresServer> {
  await mkdir(options.dir, { recursive: true });
  const isRoot = process.getuid?.() === 0;
  const databaseDir = isRoot ? await mkdtemp(path.join(tmpdir(), "folk-")) : path.join(options.dir, "data");
  const superuser = { username: "postgres", password: generateTestSecret() };
  const certificate = await options.authority.issue();
  // Somebody else may take a free port before the server does.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const guardian = spawn(process.execPath, [path.join(__dirname, "guardian.mjs")], {
      stdio: ["pipe", "pipe", "ignore"],
      // A group of its own: Ctrl-C in a terminal is for us, and we stop what we started in order.
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
    const told: GuardianOptions = {
      databaseDir,
      logFile: path.join(options.dir, "postgres.log"),
      port,
      ...superuser,
      ...certificate,
    };
    const verdict = firstLine(guardian);
    guardian.stdin.on("error", () => undefined);
    guardian.stdin.write(`${JSON.stringify(told)}\n`);
    const said = await verdict;
    if (said === "ready") return { port, superuser, guardianPid: guardian.pid ?? -1, close };
    await close();
    if (attempt === 3 || !/Address already in use|could not create any TCP/.test(said)) {
      throw new Error(`PostgreSQL did not start: ${said.replace(/^failed /, "")}`);
    }
  }
}

function firstLine(guardian: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    guardian.once("error", (error) => resolve(`failed ${error.message}`));
    guardian.once("exit", (code, signal) => resolve(`failed its process ended (${signal ?? code})`));
    if (guardian.stdout) createInterface({ input: guardian.stdout }).once("line", resolve);
  });
}
