import { renderMarkdown, codeSpan, count } from "entra-mappings";
import type { ReviewedUsernames } from "@smallstep-ssh/stack";
import { formatCounts, type Changes } from "../engine/changes";
import { changesTable, messageSections } from "../engine/markdown";

export interface Preview {
  stack: string;
  changes: Changes;
  failed: boolean;
  /** User-name results of the program. Empty: the program failed before this check. */
  usernames: readonly ReviewedUsernames[];
  /** One line of Markdown with a link to the run, or empty. */
  footer: string;
}

/** Renders the text of the comment. @param rows maximum number of rows in each table */
export function previewMarkdown({ stack, changes, failed, usernames, footer }: Preview, rows: number): string {
  const counts = formatCounts(changes.resources);
  const outcome = failed ? "failed" : counts === "" ? "no changes" : counts;
  const table = changesTable(changes, rows);
  return [
    `### Preview of ${codeSpan(stack)}: ${outcome}`,
    ...(table.length === 0 ? [] : ["", ...table]),
    ...(failed || changes.unchanged === 0 ? [] : ["", `${count(changes.unchanged)} resources are unchanged.`]),
    ...messageSections(
      changes.messages.filter(({ text }) => !isReportedBelow(text, usernames)),
      rows,
    ),
    ...usernames.flatMap((one) => ["", ...usernameSection(one, usernames.length > 1 || one.teams.length > 1, rows)]),
    ...(footer === "" ? [] : ["", footer]),
    "",
  ].join("\n");
}

/** Tests whether the report below covers a message. The plugin lists renamed users too, but its list is shorter. */
function isReportedBelow(text: string, usernames: Preview["usernames"]): boolean {
  const compared = usernames.some((one) => "report" in one && one.report.compared);
  return compared && text.startsWith("mappings.userName changes: ");
}

function usernameSection(usernames: ReviewedUsernames, named: boolean, rows: number): string[] {
  const teams = named ? ["", `For ${usernames.teams.map(codeSpan).join(", ")}:`] : [];
  if ("reason" in usernames) return ["### User names", ...teams, "", usernames.reason];
  const { report, unknownGroups } = usernames;
  const missing = unknownGroups.map(codeSpan).join(", ");
  return [
    ...(named ? [...teams, ""] : []),
    renderMarkdown(report, { rows: Math.min(rows, 200) }).trimEnd(),
    ...(unknownGroups.length === 0
      ? []
      : ["", `The members of ${missing} are not included: these groups do not exist yet.`]),
  ];
}
