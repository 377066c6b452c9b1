import { isUnchanged, type SandboxStack } from "../../sandbox/run/stack";
import { alternate, median, seconds, type Outcome } from "../measure";
import { bareProgram } from "./bareProgram";
import { inWorld, type Bench } from "./stacks";

/** Preview and refresh without a change: our stack against a bare program that declares the same resources. */
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
    const unchanged = async (stack: SandboxStack, operation: "preview" | "refresh") => {
      const { changes, output } = await stack[operation]();
      if (!isUnchanged(changes)) throw new Error(`The ${operation} found something to do:\n${output}`);
    };
    const times = await alternate(
      {
        "preview ours": () => unchanged(ours, "preview"),
        "preview bare": () => unchanged(bare, "preview"),
        "refresh ours": () => unchanged(ours, "refresh"),
        "refresh bare": () => unchanged(bare, "refresh"),
      },
      rounds,
    );
    await bare.destroy();
    await ours.destroy();
    const of = (name: keyof typeof times) => median(times[name]);
    return {
      rows: (Object.keys(times) as (keyof typeof times)[]).map((name) => [name, seconds(of(name))]),
      targets: (["preview", "refresh"] as const).map((operation) => ({
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
