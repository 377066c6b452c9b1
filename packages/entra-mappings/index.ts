export { escapedJson, escapeInvisible, truncate, visibleLines } from "./escapeInvisible";
export type { Expression } from "./expression/ast";
export { compile, type Evaluator } from "./expression/compile";
export { parseGeneral } from "./expression/datetime/parse";
export { equivalent, normalize } from "./expression/equivalent";
export { ExpressionError } from "./expression/error";
export { functions } from "./expression/functions";
export { parse } from "./expression/parser";
export { print, quote } from "./expression/printer";
export { sourceExpression, toMappingSource } from "./expression/source";
export type { AttributeLookup, InputValue, OutputValue } from "./expression/value";
export { type PresetName, presets } from "./presets";
export { attributesOf, explain, type Explanation, renderExplanation } from "./usernames/explain";
export type { Level } from "./usernames/findings";
export type { NameColumns } from "./usernames/nameIndex";
export { gradeOf } from "./usernames/posix";
export { sshPrincipals } from "./usernames/principals";
export { csvLines } from "./usernames/render/csv";
export { renderHtml } from "./usernames/render/html";
export { renderMarkdown } from "./usernames/render/markdown";
export { summaryLine } from "./usernames/render/summary";
export { renderTable } from "./usernames/render/table";
export { codeSpan, count, counted, htmlText, markdownText } from "./usernames/render/text";
export { createReport } from "./usernames/report";
export {
  type DetailQuota,
  type ReportBuilderOptions,
  type PartialReport,
  ReportBuilder,
} from "./usernames/reportBuilder";
export type { NestedGroup, UsernameReport } from "./usernames/reportTypes";
export {
  attribute,
  attributeLookup,
  type DirectoryUser,
  graphProperty,
  labelOf,
  reportProperties,
} from "./usernames/user";
