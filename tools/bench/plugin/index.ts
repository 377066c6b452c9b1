import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
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

interface Start {
  milliseconds: number;
  cpuMilliseconds: number;
  megabytes: number;
}

/** Measures from the start of the process to its first response to the engine, then waits and ends it. */
async function start(program: Program, waitMs: number): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [programs[program]], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const client = new ResourceProviderClient(`127.0.0.1:${await portOf(child)}`, grpc.credentials.createInsecure());
    try {
      await new Promise<void>((resolve, reject) => {
        client.getPluginInfo(new Empty(), (error) => (error ? reject(error) : resolve()));
      });
      const milliseconds = performance.now() - startedAt;
      const pid = child.pid ?? 0;
      const measured = { milliseconds, cpuMilliseconds: cpuMilliseconds(pid), megabytes: residentMegabytes(pid) };
      await setTimeout(waitMs);
      return measured;
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

/** Returns the processor time of all threads. NaN outside Linux. */
function cpuMilliseconds(pid: number): number {
  if (process.platform !== "linux") return NaN;
  const nanoseconds = (thread: string) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ", 1)[0]);
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + nanoseconds(thread), 0) / 1e6;
}

/** Compares the plugin's start-up with that of an empty gRPC server in Node.js. */
export async function benchPlugin({ rounds }: { rounds: number }): Promise<Outcome> {
  const measured: Record<Program, Start[]> = { empty: [], plugin: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const program of Object.keys(programs) as Program[]) {
      // Discard the first round, in which the plugin writes the cache of compiled code half a second after its start.
      const one = await start(program, round === 0 ? 1000 : 0);
      if (round > 0) measured[program].push(one);
    }
  }
  const of = (program: Program, unit: keyof Start) => median(measured[program].map((one) => one[unit]));
  // Other programs on the machine disturb the processor time least.
  const unit = process.platform === "linux" ? "cpuMilliseconds" : "milliseconds";
  const ratio = of("plugin", unit) / of("empty", unit);
  return {
    rows: [
      ["empty gRPC server: first response", `${of("empty", "milliseconds").toFixed(0)} ms`],
      ["usersync: first response", `${of("plugin", "milliseconds").toFixed(0)} ms`],
      ["empty gRPC server: processor time", `${of("empty", "cpuMilliseconds").toFixed(0)} ms`],
      ["usersync: processor time", `${of("plugin", "cpuMilliseconds").toFixed(0)} ms`],
      ["empty gRPC server: resident memory", `${of("empty", "megabytes").toFixed(0)} MB`],
      ["usersync: resident memory", `${of("plugin", "megabytes").toFixed(0)} MB`],
    ],
    targets: [{ name: "start-up: plugin / empty server", value: ratio, unit: "", sense: "<=", limit: 1.5 }],
    figures: { rounds, measured },
  };
}
