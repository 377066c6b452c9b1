/* eslint-disable @typescript-eslint/no-require-imports -- as the program that it serves: CommonJS */
const { setTimeout } = require("node:timers");
const grpc = require("@grpc/grpc-js");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");

/** In milliseconds: for the SDK to tell the engine of an error, and for calls on their way to end. */
const timeToTell = 2_000;

/**
 * Serves programs to the engine, in this process, on a free port of 127.0.0.1; answers the port. Once a rejection has nobody who handles
 * it, outputs that hang on it never come. A program's own process ends then, for want of anything to wait for; this one has a server, would
 * wait for ever, and ends all the same.
 */
exports.serve = (service) => {
  process.on("unhandledRejection", () => setTimeout(() => process.exit(1), timeToTell));
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, service);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
};
