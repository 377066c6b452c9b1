import { runCommand } from "../common/command";
import type { Terminal } from "../common/terminal";
import { exitCodes, evaluateHealth, worst } from "./judge";
import { readOptions, type StatusOptions } from "./options";
import { statusJson, statusTable, waitingLine } from "./render";
import type { Expected, Observation, Status } from "./types";

/** A deployed team that can be looked at again and again. */
export interface Deployed {
  expected: Expected;
  readObservation(): Promise<Observation>;
}

export type Open = (options: Pick<StatusOptions, "stack" | "cwd">) => Promise<Deployed[]>;

/** Moves to the start of what was drawn, and clears it. */
const redraw = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A\u001b[0J`);

/** Runs the command and gives its exit code. */
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
      const seen = await Promise.all(
        teams.map(async ({ expected, readObservation }) => evaluateHealth(expected, await readObservation(), options)),
      );
      const level = worst(seen);
      const waiting = options.watch && level !== "critical" && seen.some(isWaiting);
      if (!waiting || drawing) {
        const text =
          options.format === "json"
            ? statusJson(options.stack, seen, level, exitCodes[level])
            : seen.map((status) => statusTable(status, terminal.colour)).join("\n");
        await terminal.write(redraw(drawn) + text);
        drawn = text.split("\n").length - 1;
      } else terminal.writeError(waitingLine(seen));
      if (!waiting) return exitCodes[level];
      await pause(options.interval);
    }
  });
}

/** Whether looking again may show something else without anybody doing anything. */
function isWaiting({ rows }: Status): boolean {
  return rows.some((row) => row.level === "waiting");
}
