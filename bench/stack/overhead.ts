import { spawn } from "node:child_process";
import path from "node:path";
import type { SandboxStack } from "../../sandbox/run/stack";
import { alternate, median, seconds, type Outcome } from "../measure";
import { bareProgram } from "./bareProgram";
import { inWorld, type Bench } from "./stacks";

const operations = ["preview", "refresh"] as const;

/**
 * Preview and refresh without a change: our stack against a bare program that declares the same resources, each time in a process
 * of its own, as `pulumi` does it, and one after the other, so that whatever else the machine does hits both alike.
 */
export function benchOverhead(rounds: number): Promise<Outcome> {
  return inWorld(async (bench) => {
    const { world, settings } = bench;
    const ours = await bench.stack({ name: "ours" });
    const bare = await bench.stack({ name: "bare", program: bareProgram(settings, world.smallstep.directory.token) });
    await ours.up();
    await settle(bench);
    await bare.up();
    const stacks = { ours, bare };
    const resources = Object.fromEntries(
      await Promise.all(Object.entries(stacks).map(async ([name, stack]) => [name, await count(stack)] as const)),
    );
    const files = { ours: await bench.prepare("ours", "ours"), bare: await bench.prepare("bare", "bare") };
    const times = await alternate(
      {
        "preview ours": () => operate(files.ours, "preview"),
        "preview bare": () => operate(files.bare, "preview"),
        "refresh ours": () => operate(files.ours, "refresh"),
        "refresh bare": () => operate(files.bare, "refresh"),
      },
      rounds,
    );
    await bare.destroy();
    await ours.destroy();
    const of = (name: keyof typeof times) => median(times[name]);
    return {
      rows: (Object.keys(times) as (keyof typeof times)[]).map((name) => [name, seconds(of(name))]),
      targets: operations.map((operation) => ({
        name: `${operation}: our stack / bare program`,
        value: of(`${operation} ours`) / of(`${operation} bare`),
        unit: "",
        sense: "<=",
        limit: 1.15,
      })),
      figures: { rounds, resources, milliseconds: times },
    };
  });
}

function operate(file: string, operation: (typeof operations)[number]): Promise<number> {
  return new Promise((resolve, reject) => {
    const args = ["--require", "tsx/cjs", path.join(__dirname, "operate.ts"), file, operation];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(Number(said)) : reject(new Error(`It ended with ${code}.`))));
  });
}

/** Until the Job has switched the team: before that, a refresh rightly finds drift. */
export async function settle({ world }: Bench): Promise<void> {
  await world.graph.runCycle();
  for (let look = 0; look < 600; look++) {
    const [row] = await world.smallstep.query("select ssh_directory_id::text as id from teams where slug = $1", [
      world.smallstep.team.slug,
    ]);
    if ((row as { id: string | null } | undefined)?.id === world.smallstep.directory.id) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("The Job did not switch the team within two minutes.");
}

async function count(stack: SandboxStack): Promise<number> {
  const state = JSON.parse(await stack.stateFile()) as { checkpoint: { latest: { resources: unknown[] } } };
  return state.checkpoint.latest.resources.length;
}
