// The smallest Node.js server that responds to a call of the engine: the baseline for the plugin's start-up time.
/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS, like the bundled plugin */
const { Buffer } = require("node:buffer");
const grpc = require("@grpc/grpc-js");

const bytes = (value) => value;
const server = new grpc.Server();
server.addService(
  {
    GetPluginInfo: {
      path: "/pulumirpc.ResourceProvider/GetPluginInfo",
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  },
  { GetPluginInfo: (_call, answer) => answer(null, Buffer.alloc(0)) },
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
