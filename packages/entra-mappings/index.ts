/**
 * Attribute mapping expressions of Microsoft Entra ID provisioning, POSIX user names, and a report on the user names of a
 * directory. Everything is pure: no file, network or clock access.
 *
 * @example
 *   compile('ToLower([mail])')((name) => ({ mail: "Ada@Example.com" })[name]); // "ada@example.com"
 *
 * @module
 */

// Expressions: parse, print, compare, evaluate.
export type {
  Argument,
  AttributeReference,
  Blank,
  Comparison,
  ComparisonOperator,
  Expression,
  FunctionCall,
  Keyword,
  NumberLiteral,
  StringLiteral,
} from "./expression/ast";
export type { CompileOptions } from "./expression/callsite";
export { compile, type Evaluator, explain as explainSteps, type Step } from "./expression/compile";
export { parseGeneral } from "./expression/datetime/parse";
export { equivalent, normalize } from "./expression/equivalent";
export { ExpressionError, type ErrorPlace } from "./expression/error";
export { findFunction, functions, type FunctionSpec, type ParameterSpec } from "./expression/functions";
export { parse } from "./expression/parser";
export { print, quote } from "./expression/printer";
export type { AttributeLookup, InputValue, OutputValue } from "./expression/value";
export { type Preset, type PresetName, presets } from "./presets";

// Graph JSON: the `source` of an attribute mapping in a synchronization schema.
export { type AttributeMappingSource, type GraphSource, sourceExpression, toMappingSource } from "./expression/source";

// POSIX user names and SSH principals.
export { checkPosixName, type Grade, gradeOf, type Verdict } from "./usernames/posix";
export { isPrincipal, sshPrincipals } from "./usernames/principals";
export { reservedReason } from "./usernames/reserved";

// Directory users as input of mappings and reports.
export {
  attribute,
  attributeLookup,
  type DirectoryUser,
  graphProperty,
  isGuest,
  labelOf,
  reportProperties,
} from "./usernames/user";

// How outputs show people.
export {
  minimumPseudonymKey,
  type PeopleMode,
  peopleModes,
  type PeopleWriter,
  peopleWriter,
  type PersonText,
} from "./usernames/people";

// The report on the user names of a directory.
export {
  attributesOf,
  type Evaluation,
  explain,
  type ExplainOptions,
  type Explanation,
  renderExplanation,
} from "./usernames/explain";
export {
  descriptions as findingDescriptions,
  type Kind as FindingKind,
  type KindDescription,
  kinds as findingKinds,
  type Level,
} from "./usernames/findings";
export { createReport, type ReportOptions, type UsernameReporter } from "./usernames/report";
export type { ReportBuilderOptions } from "./usernames/reportBuilder";
export type { Collision, Finding, NestedGroup, ReportTotals, UsernameReport, UserRow } from "./usernames/reportTypes";
export { csvLines, renderCsv } from "./usernames/render/csv";
export { renderHtml } from "./usernames/render/html";
export { type MarkdownOptions, renderMarkdown } from "./usernames/render/markdown";
export { summaryLine } from "./usernames/render/summary";
export { renderTable, type TableOptions } from "./usernames/render/table";

// Safe output of untrusted names: on terminals, in HTML, Markdown, CSV and JSON.
export { escapedJson, escapeInvisible, truncate, visibleLines } from "./escapeInvisible";
export { codeSpan, count, counted, csvField, htmlText, markdownText } from "./usernames/render/text";

// "Did you mean" for mistyped names.
export { findClosest } from "./suggestions";
export { boundedList, problemLimits } from "./boundedList";
