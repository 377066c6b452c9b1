import pc from "picocolors";
import { oneLine } from "@smallstep-ssh/usersync/output";
import { levels, type Level, type Status } from "./types";

/** Renders a status as a table for a terminal. */
export function statusTable({ name, at, level, rows }: Status, colour: boolean): string {
  const colours = pc.createColors(colour);
  const width = Math.max(...rows.map(({ check }) => check.length));
  const lines = rows.flatMap((row) => [
    `${row.check.padEnd(width)}  ${colours[levels[row.level].colour](levels[row.level].label.padEnd(8))}  ${oneLine`${row.text}`}`,
    ...(row.details ?? []).map((detail) => " ".repeat(width + 12) + oneLine`${detail}`),
  ]);
  return [`${name}: ${colours[levels[level].colour](levels[level].verdict)} (${at})`, ...lines, ""].join("\n");
}

/** Renders the status of all teams as JSON, with every row and all failures. */
export function statusJson(stack: string, teams: readonly Status[], level: Level): string {
  const { exitCode } = levels[level];
  return `${JSON.stringify({ format: 1, stack, level, exitCode, teams }, null, 2)}\n`;
}

/** Renders the pending rows as one line, for output that cannot be redrawn, such as a log. */
export function waitingLine(teams: readonly Status[]): string {
  const open = teams.flatMap(({ name, rows }) =>
    rows.flatMap(({ check, level, text }) => (level === "waiting" ? oneLine`${name}: ${check}: ${text}` : [])),
  );
  return `${teams[0]?.at ?? ""}  ${open.join("; ")}\n`;
}
