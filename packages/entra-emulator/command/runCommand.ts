import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { startGraph, type ClientCredentials, type GraphEmulator } from "../emulator";
import type { LoggedRequest } from "../log";
import { parseTenantSeed, TenantSeedError, type TenantSeed } from "../seed/seed";
import { existingCertificate, generatedCertificate, type CommandCertificate } from "./certificate";
import { CommandError, onFiles } from "./commandError";
import { helpText, readOptions, type CommandOptions } from "./options";

/** Runs the command until SIGINT or SIGTERM. Returns the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options) await serveUntilStopped(options);
    else process.stdout.write(helpText);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`entra-emulator: ${error.message}\n`);
    return error.exitCode;
  }
}

/** A started emulator with the client that its user gets. */
interface Session {
  options: CommandOptions;
  certificate: CommandCertificate;
  graph: GraphEmulator;
  client: ClientCredentials;
  secretFile: string;
}

async function serveUntilStopped(options: CommandOptions): Promise<void> {
  const scratch = mkdtempSync(path.join(tmpdir(), "entra-emulator-"));
  try {
    const { cert, key, permissions } = options;
    const tenant = options.seed === undefined ? undefined : readSeed(options.seed);
    const certificate =
      cert !== undefined && key !== undefined
        ? existingCertificate(cert, key)
        : await generatedCertificate(options["ca-out"] ?? scratch);
    const graph = await start(options, certificate, tenant);
    const stopped = stopSignal();
    try {
      const client = graph.addClient({ permissions, displayName: "entra-emulator" });
      const secretFile = options["client-secret-file"] ?? path.join(scratch, "client-secret");
      onFiles(`write ${secretFile} (--client-secret-file)`, () => {
        // Only this user can read the new file.
        rmSync(secretFile, { force: true });
        writeFileSync(secretFile, client.clientSecret, { flag: "wx", mode: 0o600 });
      });
      const session = { options, certificate, graph, client, secretFile };
      (options["print-env"] ? process.stderr : process.stdout).write(summaryText(session));
      if (options["print-env"]) process.stdout.write(environmentCommands(session));
      await stopped;
    } finally {
      await graph.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readSeed(file: string): TenantSeed {
  const text = onFiles(`read ${file} (--seed)`, () => readFileSync(file, "utf8"));
  try {
    return parseTenantSeed(text);
  } catch (error) {
    if (!(error instanceof TenantSeedError)) throw error;
    const { problems } = error;
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw new CommandError([`${file} (--seed) has ${count}:`, ...problems].join("\n  "));
  }
}

async function start(
  { host, port, "request-log": logFile }: CommandOptions,
  { source: authority }: CommandCertificate,
  tenant: TenantSeed | undefined,
): Promise<GraphEmulator> {
  const open = (file: string) => onFiles(`write ${file} (--request-log)`, () => openSync(file, "a", 0o600));
  const log = logFile === undefined ? undefined : open(logFile);
  const onRequest = (request: LoggedRequest): void => {
    if (log !== undefined) writeSync(log, `${JSON.stringify(request)}\n`);
    // No part of the command reads the log in memory, which would grow without limit.
    graph.requests.clear();
  };
  const graph = await startGraph({ authority, host, port, tenant, onRequest }).catch((error: NodeJS.ErrnoException) => {
    const problems: Readonly<Record<string, string>> = {
      EADDRINUSE: `Port ${port} on ${host} is in use. Set --port to another port, or to 0 for a free port.`,
      EACCES: `This user may not listen on port ${port}. Set --port to a port of at least 1024.`,
      EADDRNOTAVAIL: `This computer has no address ${host}. Set --host to 127.0.0.1.`,
    };
    const problem = problems[error.code ?? ""];
    throw problem === undefined ? error : new CommandError(problem);
  });
  return graph;
}

function summaryText({ options, certificate, graph, client, secretFile }: Session): string {
  const { state, url, tenantId } = graph;
  const lines = {
    tenant: `${state.displayName}: ${state.users.size} users, ${state.groups.size} groups`,
    "tenant id": tenantId,
    "client id": client.clientId,
    "client secret": options["show-secret"] ? client.clientSecret : `in ${secretFile}`,
    "CA certificate": certificate.ca?.caFile ?? "the CA that issued the certificate of --cert",
    "request log": options["request-log"] ?? "none",
  };
  const list = Object.entries(lines).map(([name, value]) => `  ${name.padEnd(16)}${value}\n`);
  return `Microsoft Graph emulator at ${url}\n${list.join("")}Stop it with Ctrl+C.\n`;
}

/**
 * Returns shell commands that set the environment variables of the azuread provider (ARM_*), the Azure SDKs (AZURE_*) and the
 * trust of Node.js, Go and Python. They read the client secret from its file.
 */
function environmentCommands({ certificate: { ca }, graph, client, secretFile }: Session): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const secret = `"$(cat ${quoted(secretFile)})"`;
  const variables = {
    ARM_TENANT_ID: quoted(graph.tenantId),
    ARM_CLIENT_ID: quoted(client.clientId),
    ARM_CLIENT_SECRET: secret,
    ARM_METADATA_HOSTNAME: quoted(graph.metadataHost),
    AZURE_TENANT_ID: quoted(graph.tenantId),
    AZURE_CLIENT_ID: quoted(client.clientId),
    AZURE_CLIENT_SECRET: secret,
    AZURE_AUTHORITY_HOST: quoted(graph.url),
    ...(ca && Object.fromEntries(trustVariables.map((name) => [name, quoted(ca.bundleFile)]))),
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join("");
}

const trustVariables = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"];

/** Resolves at the first SIGINT or SIGTERM. A second signal ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
