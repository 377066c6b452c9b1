/** Measures time, memory and requests. `npm run bench -- --help` lists the benchmarks. */
import { Command, Option } from "commander";
import { benchExpressions } from "./expressions";
import { show, type Outcome } from "./measure";
import { benchPlugin } from "./plugin/index";
import { benchSandbox } from "./sandbox/index";
import { benchFirstUp } from "./stack/firstUp";
import { benchGrowth } from "./stack/scaling";
import { benchOverhead } from "./stack/overhead";
import { benchRequests } from "./stack/requests";
import { benchUsernames } from "./usernames/index";

const program = new Command("npm run bench --").description(
  "Measures time, memory and requests. Prints a table; --json also writes a file. Exits with 1 when a target is missed.\n" +
    "All except usernames, expressions and plugin need the Pulumi engine and the control plane, which `npm run sandbox` installs.",
);

const whole = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) program.error(`"${text}" is not a whole number of at least 1.`);
  return Number(text);
};
const count = (text: string): number => (text === "0" ? 0 : whole(text));
const done = (ok: boolean): void => {
  if (!ok) process.exitCode = 1;
};

program
  .command("usernames")
  .description("user-name report of a generated directory: expression evaluator, run time and memory")
  .option("--users <number>", "number of users in the directory", whole, 1_000_000)
  .option("--rounds <number>", "number of measurements; the median counts", whole, 5)
  .option("--seed <number>", "seed of the generated directory", whole, 1)
  .option("--json <file>", "write the figures to a file")
  .action(async (options: { users: number; rounds: number; seed: number; json?: string }) => {
    done(show(await benchUsernames(options), options.json));
  });

program
  .command("expressions")
  .description("expressions and values that are designed to be slow")
  .action(() => done(benchExpressions()));

add("plugin", "start-up of the usersync plugin, compared with an empty gRPC server", 9, benchPlugin);
const overhead: Command = add(
  "overhead",
  "preview and refresh without changes, compared with a bare program",
  5,
  (rounds) => benchOverhead(rounds, overhead.opts<Parameters<typeof benchOverhead>[1]>()),
)
  .option("--latency <ms>", "response time of Microsoft Graph", count, 100)
  .addOption(
    new Option("--plugins <which>", "which provider plugins run")
      .choices(["auto", "official", "stand-in"])
      .default("auto"),
  );
add("first-up", "first up, compared with the fixed waits of the azuread provider", 5, benchFirstUp);
add("requests", "requests of our plugin to Microsoft Graph", undefined, benchRequests);
add("growth", "1 to 50 teams and 2 to 200 groups in one stack", undefined, benchGrowth);
add("sandbox", "sandbox: time to ready, time of each part, and total", 5, benchSandbox);

function add(
  name: string,
  description: string,
  rounds: number | undefined,
  run: (rounds: number) => Promise<Outcome>,
): Command {
  const command = program.command(name).description(description).option("--json <file>", "write the figures to a file");
  if (rounds !== undefined) command.option("--rounds <number>", "number of measurements", whole, rounds);
  command.action(async (options: { rounds?: number; json?: string }) => {
    done(show(await run(options.rounds ?? 1), options.json));
    // An open client of the engine may keep the process alive.
    process.exit();
  });
  return command;
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
