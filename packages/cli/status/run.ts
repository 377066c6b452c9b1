import type { Terminal } from "../common/terminal";
import { evaluateHealth, worst } from "./evaluateHealth";
import { statusJson, statusTable, waitingLine } from "./render";
import { levels, type Open, type Status, type StatusOptions } from "./types";

/** Reports the status of a deployed stack, with `watch` until it has settled, and returns the exit code. */
export async function reportStatus(
  options: StatusOptions,
  terminal: Terminal,
  open: Open,
  pause: (seconds: number) => Promise<void>,
): Promise<number> {
  const teams = await open(options);
  const redraws = options.format === "table" && terminal.shown === true;
  let drawnLines = 0;
  for (;;) {
    const all = await Promise.all(
      teams.map(async ({ expected, readObservation }) => evaluateHealth(expected, await readObservation(), options)),
    );
    const level = worst(all);
    const waiting = options.watch && level !== "critical" && all.some(isWaiting);
    if (!waiting || redraws) {
      const tables = () => all.map((status) => statusTable(status, terminal.colour)).join("\n");
      const text = options.format === "json" ? statusJson(options.stack, all, level) : tables();
      await terminal.write(text, drawnLines);
      drawnLines = text.split("\n").length - 1;
    } else terminal.writeError(waitingLine(all));
    if (!waiting) return levels[level].exitCode;
    await pause(options.interval);
  }
}

/** Tests whether a later poll can have another result without any user action. */
function isWaiting({ rows }: Status): boolean {
  return rows.some(({ level }) => level === "waiting");
}
