/** Measures what the issues of speed promise. `npm run bench -- --help` lists what there is. */
import { Command } from "commander";
import { benchExpressions } from "./expressions";
import { benchUsernames } from "./usernames";

const program = new Command("bench").description("Measures speed and memory, and says whether the targets are met.");

program
  .command("usernames")
  .description("the report on user names: evaluator, whole run and memory, on a made-up directory")
  .option("--people <number>", "people in the directory", (text) => Number(text), 1_000_000)
  .option("--rounds <number>", "times that each thing is measured; the median counts", (text) => Number(text), 5)
  .option("--seed <number>", "of the made-up directory", (text) => Number(text), 1)
  .option("--json <file>", "write the numbers to a file as JSON")
  .action(async (options: { people: number; rounds: number; seed: number; json?: string }) => {
    for (const name of ["people", "rounds", "seed"] as const) {
      if (!(Number.isInteger(options[name]) && options[name] > 0)) program.error(`--${name}: expected a whole number.`);
    }
    if (!(await benchUsernames(options))) process.exitCode = 1;
  });

program
  .command("expressions")
  .description("expressions and values that were made to take long")
  .action(() => {
    if (!benchExpressions()) process.exitCode = 1;
  });

void program.parseAsync();
