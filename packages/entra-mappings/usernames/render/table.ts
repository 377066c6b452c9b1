import { createColors } from "picocolors";
import { descriptions, worstLevel, type Level } from "../findings";
import type { UsernameReport, UserRow } from "../reportTypes";
import { findingCounts, gradeTitles, summaryLine } from "./summary";
import { cell, count, more } from "./text";

export interface TableOptions {
  /** Whether to colour the output for a terminal. Default: false. */
  readonly colour?: boolean;
}

type Colours = ReturnType<typeof createColors>;

function paint(colours: Colours, level: Level | undefined): (text: string) => string {
  if (level === "error") return colours.red;
  if (level === "warn") return colours.yellow;
  return level === "info" ? colours.dim : (text) => text;
}

const widthOf = (text: string) => [...text].length;
const pad = (text: string, width: number) => text + " ".repeat(Math.max(0, width - widthOf(text)));

function columns(rows: readonly (readonly string[])[], painters: readonly ((text: string) => string)[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, widthOf(cell))));
  // Pad cells before colouring them, because colour codes have no width.
  return rows.map((row, r) =>
    row
      .map((cell, i) => (painters[r] ?? String)(i === row.length - 1 ? cell : pad(cell, widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

function cells(row: UserRow, compared: boolean): string[] {
  const findings = row.findings.map(({ reason }) => cell(reason)).join(" ");
  const names = compared ? [cell(row.before ?? "-"), cell(row.name ?? "-")] : [cell(row.name ?? "-")];
  return [cell(row.user), ...names, row.grade ?? "-", findings];
}

/** Maximum number of users in one line. */
const usersPerLine = 10;

const leftOut = (left: number) => (left > 0 ? [`... and ${count(left)} more.`] : []);

/** Renders the report for a terminal: users, collisions, nested groups, totals. */
export function renderTable(report: UsernameReport, options: TableOptions = {}): string {
  const colours = createColors(options.colour ?? false);
  const lines: string[] = [];
  if (report.users.length > 0) {
    const head = ["USER", ...(report.compared ? ["CURRENT NAME", "NEW NAME"] : ["NAME"]), "GRADE", "FINDINGS"];
    const painters = report.users.map((row) => paint(colours, worstLevel(row.findings.map(({ kind }) => kind))));
    lines.push(
      ...columns([head, ...report.users.map((row) => cells(row, report.compared))], [colours.bold, ...painters]),
    );
    if (report.usersLeftOut > 0) lines.push(`... and ${count(report.usersLeftOut)} more, counted in the totals below.`);
    lines.push("");
  }
  if (report.collisions.length > 0) {
    lines.push(colours.bold("COLLISIONS"));
    for (const { name, users, userCount } of report.collisions) {
      const shown = users.slice(0, usersPerLine).map(({ user }) => cell(user));
      lines.push(`${colours.red(cell(name))}: ${shown.join(", ")}${more(userCount - shown.length)}`);
    }
    lines.push(...leftOut(report.totals.collisionNames - report.collisions.length), "");
  }
  if (report.nestedGroups.length > 0) {
    lines.push(colours.bold("NESTED GROUPS, NEVER PROVISIONED"));
    for (const { name, parent } of report.nestedGroups) lines.push(`${cell(name)} (in ${cell(parent)})`);
    lines.push(...leftOut(report.totals.nestedGroups - report.nestedGroups.length), "");
  }
  const totals = [
    ...findingCounts(report).map(({ kind, users }) => ({
      cells: [count(users), descriptions[kind].level, descriptions[kind].title, descriptions[kind].meaning],
      level: descriptions[kind].level,
    })),
    ...Object.entries(gradeTitles).map(([grade, title]) => ({
      cells: [count(report.totals.grades[grade as keyof typeof gradeTitles]), "names", title],
      level: undefined,
    })),
  ];
  lines.push(
    ...columns(
      totals.map(({ cells }) => cells),
      totals.map(({ level }) => paint(colours, level)),
    ),
  );
  lines.push("", colours.bold(summaryLine(report)));
  return lines.join("\n") + "\n";
}
