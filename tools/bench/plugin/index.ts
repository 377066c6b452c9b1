import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { median, type Outcome } from "../measure";

const programs = {
  empty: path.join(__dirname, "emptyServer.cjs"),
  plugin: path.join(__dirname, "../../../packages/usersync/bin/pulumi-resource-usersync"),
} as const;
type Program = keyof typeof programs;

/** Measures the time from the start of the process to its first response to the engine, and its resident memory then. */
async function start(program: Program): Promise<{ milliseconds: number; megabytes: number }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [programs[program]], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const client = new ResourceProviderClient(`127.0.0.1:${await portOf(child)}`, grpc.credentials.createInsecure());
    try {
      await new Promise<void>((resolve, reject) => {
        client.getPluginInfo(new Empty(), (error) => (error ? reject(error) : resolve()));
      });
      return { milliseconds: performance.now() - startedAt, megabytes: residentMegabytes(child.pid ?? 0) };
    } finally {
      client.close();
    }
  } finally {
    child.kill();
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: child.stdout! })) return Number(line);
  throw new Error("The program exited without printing its port.");
}

/** Returns the resident set size. NaN outside Linux, where other processes' memory is not readable. */
function residentMegabytes(pid: number): number {
  const status = process.platform === "linux" ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) / 1024;
}

/** Compares the plugin's start-up with that of an empty gRPC server in Node.js. */
export async function benchPlugin({ rounds }: { rounds: number }): Promise<Outcome> {
  const measured: Record<Program, Awaited<ReturnType<typeof start>>[]> = { empty: [], plugin: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const program of Object.keys(programs) as Program[]) {
      const one = await start(program);
      // Discard the first round, which fills the file cache.
      if (round > 0) measured[program].push(one);
    }
  }
  const of = (program: Program, unit: "milliseconds" | "megabytes") =>
    median(measured[program].map((one) => one[unit]));
  const ratio = of("plugin", "milliseconds") / of("empty", "milliseconds");
  return {
    rows: [
      ["empty gRPC server: first response", `${of("empty", "milliseconds").toFixed(0)} ms`],
      ["usersync: first response", `${of("plugin", "milliseconds").toFixed(0)} ms`],
      ["empty gRPC server: resident memory", `${of("empty", "megabytes").toFixed(0)} MB`],
      ["usersync: resident memory", `${of("plugin", "megabytes").toFixed(0)} MB`],
    ],
    targets: [{ name: "start-up: plugin / empty server", value: ratio, unit: "", sense: "<=", limit: 1.5 }],
    figures: { rounds, measured },
  };
}
