import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { startGraph, type ClientCredentials, type GraphEmulator } from "../emulator";
import type { LoggedRequest } from "../log";
import { parseTenantSeed, TenantSeedError } from "../seed/parseSeed";
import type { TenantSeed } from "../seed/seedSchema";
import { existingCertificate, generatedCertificate, type CommandCertificate } from "./certificate";
import { CommandError, systemMessage } from "./commandError";
import { environmentCommands } from "./environment";
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

async function serveUntilStopped(options: CommandOptions): Promise<void> {
  const scratch = mkdtempSync(path.join(tmpdir(), "entra-emulator-"));
  try {
    const tenant = options.seedFile === undefined ? undefined : readSeed(options.seedFile);
    const certificate = options.certificate
      ? existingCertificate(options.certificate.certFile, options.certificate.keyFile)
      : await generatedCertificate(options.caOut ?? scratch);
    const log = options.requestLogFile === undefined ? undefined : openRequestLog(options.requestLogFile);
    const graph = await start(options, certificate, tenant, log);
    const stopped = stopSignal();
    const client = graph.addClient({ permissions: options.permissions, displayName: "entra-emulator" });
    const secretFile = options.clientSecretFile ?? path.join(scratch, "client-secret");
    try {
      writeSecret(secretFile, client.clientSecret);
      const summary = summaryText(graph, client, secretFile, certificate, options);
      if (options.printEnvironment) {
        process.stderr.write(summary);
        process.stdout.write(environmentCommands(graph, client, secretFile, certificate.ca?.bundleFile));
      } else process.stdout.write(summary);
      await stopped;
    } finally {
      await graph.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readSeed(file: string): TenantSeed {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`Cannot read ${file} (--seed): ${systemMessage(error)}.`);
  }
  try {
    return parseTenantSeed(text);
  } catch (error) {
    if (!(error instanceof TenantSeedError)) throw error;
    const { problems } = error;
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw new CommandError([`${file} (--seed) has ${count}:`, ...problems].join("\n  "));
  }
}

/** Opens the log for appending. Returns a function that writes one request as one line. */
function openRequestLog(file: string): (request: LoggedRequest) => void {
  let descriptor: number;
  try {
    descriptor = openSync(file, "a", 0o600);
  } catch (error) {
    throw new CommandError(`Cannot write ${file} (--request-log): ${systemMessage(error)}.`);
  }
  return (request) => void writeSync(descriptor, `${JSON.stringify(request)}\n`);
}

async function start(
  { host, port }: CommandOptions,
  certificate: CommandCertificate,
  tenant: TenantSeed | undefined,
  log: ((request: LoggedRequest) => void) | undefined,
): Promise<GraphEmulator> {
  try {
    const graph = await startGraph({
      authority: certificate.source,
      host,
      port,
      tenant,
      onRequest: (request) => {
        log?.(request);
        // No part of the command reads the log in memory, which would grow without limit.
        graph.requests.clear();
      },
    });
    return graph;
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case "EADDRINUSE":
        throw new CommandError(
          `Port ${port} on ${host} is in use. Set --port to another port, or to 0 for a free port.`,
        );
      case "EACCES":
        throw new CommandError(`This user may not listen on port ${port}. Set --port to a port of at least 1024.`);
      case "EADDRNOTAVAIL":
        throw new CommandError(`This computer has no address ${host}. Set --host to 127.0.0.1.`);
      default:
        throw error;
    }
  }
}

/** Writes the secret to a new file that only this user can read. An existing file is replaced. */
function writeSecret(file: string, secret: string): void {
  try {
    rmSync(file, { force: true });
    writeFileSync(file, secret, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw new CommandError(`Cannot write ${file} (--client-secret-file): ${systemMessage(error)}.`);
  }
}

function summaryText(
  graph: GraphEmulator,
  client: ClientCredentials,
  secretFile: string,
  certificate: CommandCertificate,
  options: CommandOptions,
): string {
  const { state } = graph;
  const lines: [string, string][] = [
    ["tenant", `${state.displayName}: ${state.users.size} users, ${state.groups.size} groups`],
    ["tenant id", graph.tenantId],
    ["client id", client.clientId],
    ["client secret", options.showSecret ? client.clientSecret : `in ${secretFile}`],
    ["CA certificate", certificate.ca?.caFile ?? "the CA that issued the certificate of --cert"],
    ...(options.requestLogFile === undefined ? [] : [["request log", options.requestLogFile] as [string, string]]),
  ];
  return [
    `Microsoft Graph emulator at ${graph.url}`,
    ...lines.map(([name, value]) => `  ${name.padEnd(16)}${value}`),
    "Stop it with Ctrl+C.\n",
  ].join("\n");
}

/** Resolves at the first SIGINT or SIGTERM. A second signal ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
