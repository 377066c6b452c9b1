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

/** Adds a benchmark. @param rounds default number of measurements; undefined: it always makes one */
function add<Options extends { rounds: number }>(
  name: string,
  description: string,
  rounds: number | undefined,
  run: (options: Options) => Promise<Outcome> | Outcome,
): Command {
  const command = program.command(name).description(description).option("--json <file>", "write the figures to a file");
  if (rounds !== undefined) command.option("--rounds <number>", "number of measurements", whole, rounds);
  return command.action(async (options: Options & { json?: string }) => {
    // An open client of the engine may keep the process alive.
    process.exit(show(await run(options), options.json) ? 0 : 1);
  });
}

add("usernames", "user-name report of a generated directory: evaluator, run time and memory", 5, benchUsernames)
  .option("--users <number>", "number of users in the directory", whole, 1_000_000)
  .option("--seed <number>", "seed of the generated directory", whole, 1);
add("expressions", "expressions and values that are designed to be slow", undefined, benchExpressions);
add("plugin", "start-up of the usersync plugin, compared with an empty gRPC server", 9, benchPlugin);
add("overhead", "preview and refresh without changes, compared with a bare program", 5, benchOverhead)
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

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
