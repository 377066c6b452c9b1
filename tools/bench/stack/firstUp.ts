import path from "node:path";
import { median, seconds, type Outcome } from "../measure";
import { withSandbox } from "./stacks";

/**
 * The longest chain of fixed waits in the official azuread provider: the enterprise app from its template, its synchronization job, and
 * the job's secrets. The provider reads each one five times, five seconds apart, before it continues. In seconds.
 */
const chain = {
  "ApplicationFromTemplate create": 20,
  "SynchronizationJob create": 20,
  "SynchronizationSecret create": 20,
};

/** Measures the first `up` of a stack, with a provider that waits as long as the official one. */
export function benchFirstUp({ rounds }: { rounds: number }): Promise<Outcome> {
  return withSandbox(async (bench) => {
    const { settings } = bench;
    const milliseconds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const stack = await bench.stack({
        name: `first-${round}`,
        plugins: { azuread: path.join(__dirname, "officialWaits") },
        settings: { ...settings, groups: [{ create: "ssh" }, { create: "sudo" }] },
      });
      const startedAt = performance.now();
      await stack.up();
      milliseconds.push(performance.now() - startedAt);
      await stack.destroy();
    }
    const waits = Object.values(chain).reduce((sum, one) => sum + one, 0) * 1000;
    return {
      rows: [
        ["fixed waits of the longest chain", seconds(waits)],
        ["first up", seconds(median(milliseconds))],
      ],
      targets: [
        {
          name: "first up / longest chain of waits",
          value: median(milliseconds) / waits,
          unit: "",
          sense: "<=",
          limit: 1.2,
        },
      ],
      figures: { rounds, chain, milliseconds },
    };
  });
}
