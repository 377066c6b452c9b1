import { runCommand } from "../common/command";
import type { Terminal } from "../common/terminal";
import { exitCodes, evaluateHealth, worst } from "./evaluateHealth";
import { readOptions, type StatusOptions } from "./options";
import { statusJson, statusTable, waitingLine } from "./render";
import type { Expected, Observation, Status } from "./types";

/** A deployed team that can be observed repeatedly. */
export interface Deployed {
  expected: Expected;
  readObservation(): Promise<Observation>;
}

export type Open = (options: Pick<StatusOptions, "stack" | "cwd">) => Promise<Deployed[]>;

/** Returns the control sequence that clears the lines drawn before. */
const redraw = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A\u001b[0J`);

/** Runs the command and returns its exit code. */
export function run(
  argv: readonly string[],
  terminal: Terminal & { readonly redrawable: boolean },
  open: Open,
  pause: (seconds: number) => Promise<void>,
): Promise<number> {
  return runCommand(terminal, exitCodes.unknown, async () => {
    const options = readOptions(argv);
    const teams = await open(options);
    const drawing = options.format === "table" && terminal.redrawable;
    let drawn = 0;
    for (;;) {
      const observations = await Promise.all(
        teams.map(async ({ expected, readObservation }) => evaluateHealth(expected, await readObservation(), options)),
      );
      const level = worst(observations);
      const waiting = options.watch && level !== "critical" && observations.some(isWaiting);
      if (!waiting || drawing) {
        const text =
          options.format === "json"
            ? statusJson(options.stack, observations, level, exitCodes[level])
            : observations.map((status) => statusTable(status, terminal.colour)).join("\n");
        await terminal.write(redraw(drawn) + text);
        drawn = text.split("\n").length - 1;
      } else terminal.writeError(waitingLine(observations));
      if (!waiting) return exitCodes[level];
      await pause(options.interval);
    }
  });
}

/** Tests whether a later poll can have another result without any user action. */
function isWaiting({ rows }: Status): boolean {
  return rows.some((row) => row.level === "waiting");
}
