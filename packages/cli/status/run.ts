import type { Terminal } from "../common/terminal";
import { exitCodes, evaluateHealth, worst } from "./evaluateHealth";
import { statusJson, statusTable, waitingLine } from "./render";
import type { Open, Status, StatusOptions } from "./types";

/** Returns the control sequence that clears the lines drawn before. */
const redraw = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A\u001b[0J`);

/** Reports the status of a deployed stack, with `watch` until it has settled, and returns the exit code. */
export async function reportStatus(
  options: StatusOptions,
  terminal: Terminal,
  open: Open,
  pause: (seconds: number) => Promise<void>,
): Promise<number> {
  const teams = await open(options);
  const drawing = options.format === "table" && terminal.shown === true;
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
}

/** Tests whether a later poll can have another result without any user action. */
function isWaiting({ rows }: Status): boolean {
  return rows.some((row) => row.level === "waiting");
}
