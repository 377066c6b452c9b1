import { descriptions } from "../findings";
import type { UsernameReport, UserRow } from "../reportTypes";
import { findingCounts, gradeTitles, summaryLine } from "./summary";
import { codeSpan, count, counted, more } from "./text";

export interface MarkdownOptions {
  /** Maximum number of rows of each table. The remaining rows are counted. Default: 50. */
  readonly rows?: number;
}

function table(head: readonly string[], rows: readonly (readonly string[])[], left: number): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const lines = [line(head), line(head.map(() => "---")), ...rows.map(line)];
  return left > 0 ? [...lines, "", `... and ${count(left)} more.`] : lines;
}

function details(title: string, lines: readonly string[]): string[] {
  return ["", "<details>", `<summary>${title}</summary>`, "", ...lines, "", "</details>"];
}

/** Maximum length of the text in characters. GitHub rejects comments of 65,536 characters. */
const longestComment = 65_000;

/** Renders the report for a pull request comment or a job summary. Omits rows if the text would exceed the comment limit. */
export function renderMarkdown(report: UsernameReport, options: MarkdownOptions = {}): string {
  for (let rows = options.rows ?? 50; ; rows = Math.floor(rows / 2)) {
    const text = render(report, rows);
    if (text.length <= longestComment || rows === 0) return text;
  }
}

function render(report: UsernameReport, most: number): string {
  const { totals } = report;
  const errors = totals.withErrors;
  const title = errors === 0 ? "no errors" : counted(errors, "user with errors", "users with errors");
  const lines = [`### User names: ${title}`, "", summaryLine(report), ""];
  for (const [label, value] of Object.entries(report.about)) lines.push(`- ${codeSpan(label)}: ${codeSpan(value)}`);
  if (Object.keys(report.about).length > 0) lines.push("");

  const kindsFound = findingCounts(report);
  if (kindsFound.length > 0) {
    const rows = kindsFound.map(({ kind, users }) => {
      const { level, title, meaning } = descriptions[kind];
      return [level, title, count(users), meaning];
    });
    lines.push(...table(["level", "finding", "users", "meaning"], rows, 0), "");
  }
  const grades = Object.entries(gradeTitles).map(([grade, title]) => [
    title,
    count(totals.grades[grade as keyof typeof gradeTitles]),
  ]);
  lines.push(...table(["names by grade", "users"], grades, 0));

  if (report.collisions.length > 0) {
    const rows = report.collisions.slice(0, most).map(({ name, users, userCount }) => {
      const shown = users.slice(0, 5).map(({ user }) => codeSpan(user));
      return [codeSpan(name), shown.join(", ") + more(userCount - shown.length)];
    });
    const left = totals.collisionNames - rows.length;
    lines.push(
      ...details(
        `Collisions: ${counted(totals.collisionNames, "name", "names")}`,
        table(["name", "users"], rows, left),
      ),
    );
  }
  const renamed = report.users.filter(({ findings }) => findings.some(({ kind }) => kind === "renamed"));
  if (renamed.length > 0) {
    const rows = renamed
      .slice(0, most)
      .map(({ user, before, name }) => [codeSpan(user), codeSpan(before ?? ""), codeSpan(name ?? "")]);
    lines.push(
      ...details(
        `Renamed: ${counted(totals.findings.renamed, "user gets", "users get")} a new account on every host`,
        table(["user", "current name", "new name"], rows, totals.findings.renamed - rows.length),
      ),
    );
  }
  lines.push(...findingRows(report, most));
  if (report.nestedGroups.length > 0) {
    const rows = report.nestedGroups.slice(0, most).map(({ name, parent }) => [codeSpan(name), codeSpan(parent)]);
    const left = totals.nestedGroups - rows.length;
    lines.push(...details("Nested groups, never provisioned", table(["group", "member of"], rows, left)));
  }
  return lines.join("\n") + "\n";
}

/** Returns rows for users whose findings have no separate table. */
function findingRows(report: UsernameReport, most: number): string[] {
  const own = new Set(["collision", "renamed", "duplicateEntry"]);
  const users = report.users
    .map((row): UserRow => ({ ...row, findings: row.findings.filter(({ kind }) => !own.has(kind)) }))
    .filter(({ findings }) => findings.length > 0);
  if (users.length === 0) return [];
  const rank = (row: UserRow) => (row.findings.some(({ level }) => level === "error") ? 0 : 1);
  const rows = users
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, most)
    .map(({ user, name, findings }) => [
      codeSpan(user),
      codeSpan(name ?? ""),
      // A reason quotes names. A code span prevents links, mentions and references.
      findings.map(({ level, reason }) => `${level}: ${codeSpan(reason)}`).join("<br>"),
    ]);
  const note =
    report.usersLeftOut > 0
      ? [`${counted(report.usersLeftOut, "user is", "users are")} counted but not listed.`, ""]
      : [];
  return details("Users with findings", [
    ...note,
    ...table(["user", "name", "findings"], rows, users.length - rows.length),
  ]);
}
