/**
 * The user-name report: account names, name collisions and users who cannot log in, for any mapping and any number of users.
 * The code is pure and performs no I/O.
 */
export { descriptions, kinds, worstLevel, type Kind, type KindDescription, type Level } from "./findings";
export {
  attributesOf,
  explain,
  renderExplanation,
  type Evaluation,
  type ExplainOptions,
  type Explanation,
} from "./explain";
export { ReportBuilder, type PartialReport, type GatheringOptions, type DetailQuota } from "./gathering";
export { gradeOf, checkPosixName, type Grade, type Verdict } from "./posix";
export { isPrincipal, sshPrincipals } from "./principals";
export { reservedReason } from "./reserved";
export { createReport, type ReportOptions, type UsernameReporter } from "./report";
export type { Collision, Finding, NestedGroup, ReportTotals, UsernameReport, UserRow } from "./report-types";
export {
  attribute,
  attributeLookup,
  graphProperty,
  isGuest,
  labelOf,
  reducedPrincipalName,
  reportProperties,
  type DirectoryUser,
} from "./user";
export { csvLines, renderCsv } from "./render/csv";
export { renderHtml } from "./render/html";
export { renderMarkdown, type MarkdownOptions } from "./render/markdown";
export { summaryLine } from "./render/summary";
export { renderTable, type TableOptions } from "./render/table";
