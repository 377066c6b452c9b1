import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { deploy } from "../../../../stack";

/** In milliseconds: for the SDK to tell the engine of the error, and for calls on their way to end. */
const timeToTell = 2_000;

/**
 * The stack's program as a process of its own, for the engine to call (`--client`), as the Automation API hosts inline programs. Answers
 * each line of its standard input with its port, and ends when that does.
 */
async function main(): Promise<void> {
  // The SDK's own server of inline programs, which it does not export.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { LanguageServer } = require("@pulumi/pulumi/automation/server") as {
    LanguageServer: new (program: PulumiFn) => grpc.UntypedServiceImplementation;
  };
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, new LanguageServer(() => deploy()) as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  // Once a rejection has nobody who handles it, outputs that hang on it never come. The process of a language host ends then, for want
  // of anything to wait for; this one has a server and would wait for ever.
  process.on("unhandledRejection", () => setTimeout(() => process.exit(1), timeToTell));
  createInterface({ input: process.stdin })
    .on("line", () => process.stdout.write(`${port}\n`))
    .on("close", () => process.exit(0));
}

void main();
