import { fstatSync } from "node:fs";

import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { writeError, writeOutput } from "../output";
import { makeService } from "./service";
import { Session } from "./session";
import type { Plugin } from "./types";

/** Equals the engine's own limit, because a state may be large. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Plugin that is listening, for `serve` and tests. */
export interface RunningPlugin {
  port: number;
  close(): void;
}

/** Starts the plugin's gRPC server on a free port of 127.0.0.1. */
export async function listen<Config>(plugin: Plugin<Config>, session = new Session()): Promise<RunningPlugin> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(ResourceProviderService, makeService(plugin, session));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    close: () => {
      server.forceShutdown();
      session.engine.close();
    },
  };
}

/**
 * Runs a plugin until the engine ends it. Pulumi passes the engine's address as the last argument and reads the port
 * from the first line of standard output, so the plugin must write nothing else there.
 */
export async function serve<Config>(plugin: Plugin<Config>, args = process.argv.slice(2)): Promise<void> {
  const session = new Session();
  const fail = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    writeError(text.split("\n"));
    process.exit(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);

  const address = args.at(-1);
  if (address !== undefined && !address.startsWith("-")) {
    session.engine.connect(address);
    exitWithEngine();
  }
  const { port } = await listen(plugin, session);
  writeOutput(String(port));
}

// The engine holds a pipe to the standard input of its plugins. The pipe closes when the engine crashes; the plugin
// must exit then, or it would keep its port and memory.
function exitWithEngine(): void {
  const input = fstatSync(0);
  if (!input.isFIFO() && !input.isSocket()) return; // started manually for a debugger to attach
  process.stdin.on("end", () => process.exit(0));
  process.stdin.resume();
}
