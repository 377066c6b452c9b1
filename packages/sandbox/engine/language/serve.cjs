/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS, like the program that it serves */
const { setTimeout } = require("node:timers");
const grpc = require("@grpc/grpc-js");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");

/** Time in milliseconds for the SDK to report an error to the engine and for open calls to end. */
const timeToTell = 2_000;

/**
 * Serves programs to the engine, in this process, on a free port of 127.0.0.1. Returns the port. After an unhandled rejection, outputs that
 * depend on it never resolve. A program in its own process exits then, because its event loop is empty. The server keeps this process alive,
 * so it must exit explicitly.
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
