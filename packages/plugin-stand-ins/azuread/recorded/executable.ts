import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { TestEngine } from "@smallstep-ssh/usersync/testing";

/**
 * Starts a plugin's executable as the engine does: the engine's address is its argument, and it prints its own port.
 * Its log messages are discarded.
 */
export async function startExecutable(
  file: string,
  env: Record<string, string>,
): Promise<{ engine: TestEngine; close(): Promise<void> }> {
  const logs = new grpc.Server();
  const done: grpc.handleUnaryCall<unknown, Empty> = (_call, callback) => callback(null, new Empty());
  logs.addService(EngineService, { log: done });
  const address = await new Promise<number>((resolve, reject) =>
    logs.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  );
  const child = spawn(file, [`127.0.0.1:${address}`], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    exited.then(() => Promise.reject(new Error(`${file} exited before it printed its port.`))),
  ])) as [string];
  const engine = new TestEngine({ port: Number(line), close: () => child.kill() });
  return {
    engine,
    close: async () => {
      engine.close();
      await exited;
      logs.forceShutdown();
    },
  };
}
