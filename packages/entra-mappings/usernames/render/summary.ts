import { descriptions, kinds, type Kind, type Level } from "../findings";
import type { UsernameReport } from "../reportTypes";
import { count, counted } from "./text";

/** Returns the kinds that occur, most severe first, with the number of users for each. */
export function findingCounts(report: UsernameReport, level?: Level): { kind: Kind; users: number }[] {
  return kinds
    .filter((kind) => level === undefined || descriptions[kind].level === level)
    .map((kind) => ({ kind, users: report.totals.findings[kind] }))
    .filter(({ users }) => users > 0);
}

function part(report: UsernameReport, level: Level, users: number, word: string): string[] {
  if (users === 0) return [];
  const details = findingCounts(report, level).map(({ kind, users }) => `${descriptions[kind].title} ${count(users)}`);
  return [`${count(users)} with ${word} (${details.join(", ")})`];
}

/** Returns one line such as `1,204 users: 1,190 without findings, 9 with errors (name collision 4, no mail 5), ...`. */
export function summaryLine(report: UsernameReport): string {
  const { totals } = report;
  const parts = [
    `${count(totals.clean)} without findings`,
    ...part(report, "error", totals.withErrors, "errors"),
    ...part(report, "warn", totals.withWarnings, "warnings"),
    ...part(report, "info", totals.withNotes, "notes"),
  ];
  const groups = totals.nestedGroups;
  if (groups > 0) parts.push(`${counted(groups, "nested group", "nested groups")} never provisioned`);
  return `${counted(totals.users, "user", "users")}: ${parts.join(", ")}.`;
}

export const gradeTitles = {
  safe: "safe everywhere",
  accepted: "accepted by useradd on Debian and RHEL",
  refused: "refused",
  none: "no name",
} as const;
