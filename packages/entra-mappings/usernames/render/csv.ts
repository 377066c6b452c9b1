import type { UsernameReport, UserRow } from "../reportTypes";
import { csvField } from "./text";

const head = ["user", "displayName", "mail", "name", "before", "grade", "findings", "reasons"];

function fields(row: UserRow): string[] {
  return [
    row.user,
    row.displayName ?? "",
    row.mail ?? "",
    row.name ?? "",
    row.before ?? "",
    row.grade ?? "",
    row.findings.map(({ kind }) => kind).join(" "),
    row.findings.map(({ reason }) => reason).join(" "),
  ];
}

/** Yields one CSV line per user (RFC 4180). Lists all users of the report's collisions, even users whose details were not kept. */
export function* csvLines(report: UsernameReport): Generator<string> {
  const line = (values: readonly string[]) => values.map(csvField).join(",") + "\r\n";
  yield line(head);
  const listed = new Set<string>();
  for (const row of report.users) {
    if (row.findings.some(({ kind }) => kind === "collision")) listed.add(row.user);
    yield line(fields(row));
  }
  for (const { name: shared, users, userCount } of report.collisions) {
    for (const { user, name } of users) {
      if (listed.has(user)) continue;
      const reason = `Shares ${JSON.stringify(shared)} with ${userCount - 1} other user${userCount === 2 ? "" : "s"}.`;
      yield line([user, "", "", name, "", "", "collision", reason]);
    }
  }
}

/** Returns the whole report as CSV; see `csvLines`. */
export function renderCsv(report: UsernameReport): string {
  return [...csvLines(report)].join("");
}
