/** Measures speed, memory and numbers of requests. `npm run bench -- --help` lists what there is. */
import { Command, Option } from "commander";
import { benchExpressions } from "./expressions";
import { show, type Outcome } from "./measure";
import { benchPlugin } from "./plugin";
import { benchSandbox } from "./sandbox";
import { benchFirstUp } from "./stack/firstUp";
import { benchGrowth } from "./stack/growth";
import { benchOverhead } from "./stack/overhead";
import { benchRequests } from "./stack/requests";
import { benchUsernames } from "./usernames";

const program = new Command("npm run bench --").description(
  "Measures speed, memory and numbers of requests, as a table and with --json as a file; exits with 1 when a target is missed.\n" +
    "All but usernames, expressions and plugin need the Pulumi engine and the control plane, which `npm run sandbox` gets.",
);

const whole = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) program.error(`"${text}" is not a whole number from 1.`);
  return Number(text);
};
const count = (text: string): number => (text === "0" ? 0 : whole(text));
const done = (ok: boolean): void => {
  if (!ok) process.exitCode = 1;
};

program
  .command("usernames")
  .description("the report on user names: evaluator, whole run and memory, on a made-up directory")
  .option("--people <number>", "people in the directory", whole, 1_000_000)
  .option("--rounds <number>", "times that each thing is measured; the median counts", whole, 5)
  .option("--seed <number>", "of the made-up directory", whole, 1)
  .option("--json <file>", "write the figures to a file")
  .action(async (options: { people: number; rounds: number; seed: number; json?: string }) => {
    done(show(await benchUsernames(options), options.json));
  });

program
  .command("expressions")
  .description("expressions and values that were made to take long")
  .action(() => done(benchExpressions()));

add("plugin", "start-up of the usersync plugin, against an empty gRPC server", 9, benchPlugin);
const overhead: Command = add("overhead", "preview and refresh without a change, against a bare program", 5, (rounds) =>
  benchOverhead(rounds, overhead.opts<Parameters<typeof benchOverhead>[1]>()),
)
  .option("--latency <ms>", "how long Microsoft Graph takes for an answer", count, 100)
  .addOption(
    new Option("--plugins <which>", "which provider plugins run")
      .choices(["auto", "official", "stand-in"])
      .default("auto"),
  );
add("first-up", "the first up, against the waits that the azuread provider makes anyway", 5, benchFirstUp);
add("requests", "what our plugin asks Microsoft Graph", undefined, benchRequests);
add("growth", "1 to 50 teams and 2 to 200 groups in one stack", undefined, benchGrowth);
add("sandbox", "the sandbox: time to ready, of each part, and in all", 5, benchSandbox);

function add(
  name: string,
  description: string,
  rounds: number | undefined,
  run: (rounds: number) => Promise<Outcome>,
): Command {
  const command = program.command(name).description(description).option("--json <file>", "write the figures to a file");
  if (rounds !== undefined) command.option("--rounds <number>", "times that each thing is measured", whole, rounds);
  command.action(async (options: { rounds?: number; json?: string }) => {
    done(show(await run(options.rounds ?? 1), options.json));
    // An engine's client may hold the process open.
    process.exit();
  });
  return command;
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
