import { renderMarkdown, type UsernameReport } from "../../mappings/usernames";
import { codeSpan, count } from "../../mappings/usernames/render/text";
import { countsInWords, type Changes } from "../engine/changes";
import { changesTable, messageSections } from "../engine/markdown";

/** What the program said of user names; undefined when it did not get that far. */
export type Usernames = { report: UsernameReport; unknownGroups: string[] } | { reason: string };

export interface Preview {
  stack: string;
  changes: Changes;
  failed: boolean;
  usernames?: Usernames;
  /** One line of Markdown: where it was made. */
  footer: string;
}

/** The text of the comment, with at most so many rows in each table. */
export function previewMarkdown({ stack, changes, failed, usernames, footer }: Preview, rows: number): string {
  const counts = countsInWords(changes.resources);
  const outcome = failed ? "failed" : counts === "" ? "nothing to do" : counts;
  const table = changesTable(changes, rows);
  return [
    `### Preview of ${codeSpan(stack)}: ${outcome}`,
    ...(table.length === 0 ? [] : ["", ...table]),
    ...(failed || changes.unchanged === 0 ? [] : ["", `${count(changes.unchanged)} resources stay as they are.`]),
    ...messageSections({ messages: changes.messages.filter((message) => !isSaidBelow(message.text, usernames)) }, rows),
    ...(usernames === undefined ? [] : ["", ...usernameSection(usernames, rows)]),
    ...(footer === "" ? [] : ["", footer]),
    "",
  ].join("\n");
}

/** The plugin's own list of renamed people is shorter than the report's. */
function isSaidBelow(text: string, usernames: Usernames | undefined): boolean {
  return (
    text.startsWith("mappings.userName changes: ") &&
    usernames !== undefined &&
    "report" in usernames &&
    usernames.report.compared
  );
}

function usernameSection(usernames: Usernames, rows: number): string[] {
  if ("reason" in usernames) return ["### User names", "", usernames.reason];
  const { report, unknownGroups } = usernames;
  const missing = unknownGroups.map(codeSpan).join(", ");
  return [
    renderMarkdown(report, { rows: Math.min(rows, 200) }).trimEnd(),
    ...(unknownGroups.length === 0 ? [] : ["", `Without the members of ${missing}: these groups are yet to be made.`]),
  ];
}
