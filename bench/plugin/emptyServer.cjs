// The least that Node.js can answer a call of the engine with: what the plugin's start is measured against.
/* eslint-disable @typescript-eslint/no-require-imports -- as the bundled plugin is: CommonJS */
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
