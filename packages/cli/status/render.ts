import pc from "picocolors";
import { escapeInvisible } from "entra-mappings";
import type { Level, Status } from "./types";

const levelNames: Readonly<Record<Level, string>> = {
  ok: "ok",
  skipped: "-",
  waiting: "waiting",
  warning: "warning",
  unknown: "unknown",
  critical: "critical",
};

/** Overall verdict for each level. */
const verdicts: Readonly<Record<Level, string>> = {
  ok: "healthy",
  skipped: "healthy",
  waiting: "not ready yet",
  warning: "needs attention",
  unknown: "partly unknown",
  critical: "broken",
};

/** Renders a status as a table for a terminal. */
export function statusTable(status: Status, colour: boolean): string {
  const colours = pc.createColors(colour);
  const paint: Readonly<Record<Level, (text: string) => string>> = {
    ok: colours.green,
    skipped: colours.dim,
    waiting: colours.cyan,
    warning: colours.yellow,
    unknown: colours.yellow,
    critical: colours.red,
  };
  const width = Math.max(...status.rows.map(({ check }) => check.length));
  const lines = status.rows.flatMap(({ check, level, text, details = [] }) => [
    `${check.padEnd(width)}  ${paint[level](levelNames[level].padEnd(8))}  ${escapeInvisible(text)}`,
    ...details.map((detail) => `${" ".repeat(width + 12)}${escapeInvisible(detail)}`),
  ]);
  const title = `${status.name}: ${paint[status.level](verdicts[status.level])} (${status.at})`;
  return [title, ...lines, ""].join("\n");
}

/** Renders the status of all teams as JSON, with every row and all failures. */
export function statusJson(stack: string, teams: readonly Status[], level: Level, exitCode: number): string {
  return `${JSON.stringify({ format: 1, stack, level, exitCode, teams }, null, 2)}\n`;
}

/** Renders the pending rows as one line, for output that cannot be redrawn, such as a log. */
export function waitingLine(teams: readonly Status[]): string {
  const open = teams.flatMap(({ name, rows }) =>
    rows.flatMap(({ check, level, text }) =>
      level === "waiting" ? `${name}: ${check}: ${escapeInvisible(text)}` : [],
    ),
  );
  return `${teams[0]?.at ?? ""}  ${open.join("; ")}\n`;
}
