import {
  compile,
  ExpressionError,
  attributesOf,
  createReport,
  type Evaluator,
  csvLines,
  labelOf,
  renderHtml,
  renderMarkdown,
  renderTable,
  summaryLine,
  type DirectoryUser,
  type Level,
  type UsernameReport,
  escapedJson,
  escapeInvisible,
} from "entra-mappings";
import type { Terminal } from "../common/terminal";
import type { Directory } from "./directory";
import { emails } from "./emails";
import { CliError } from "../common/errors";
import { replaceFile } from "../common/files";
import { explainUsers, isUser } from "./explain";
import { fileDirectory } from "./file";
import type { GraphOptions } from "./graph";
import type { Mapping, Options } from "./options";
import { Progress } from "./progress";

export const exitCodes = { success: 0, findings: 1 } as const;

/** Creates the source of users from Microsoft Graph. */
export type GraphDirectory = (options: GraphOptions) => Promise<Directory>;

/** Writes the report and returns the exit code. @throws CliError if there is no report */
export async function reportUsernames(
  options: Options,
  terminal: Terminal,
  fromGraph: GraphDirectory,
): Promise<number> {
  const { source, mapping, currentExpression, email, people } = options;
  const attributes = [
    ...new Set([
      ...attributesOf(mapping.tree),
      ...(currentExpression === undefined ? [] : attributesOf(currentExpression.tree)),
      ...attributesOf(emails[email]),
    ]),
  ];
  const explained: DirectoryUser[] = [];
  const wanted = options.explain.length === 0 ? undefined : isUser(options.explain);
  const directory =
    "file" in source
      ? fileDirectory({ ...source, attributes, people })
      : await fromGraph({ ...source, attributes, people });
  const reporter = createReport({
    mapping: compilePreview(mapping),
    currentExpression: currentExpression && compilePreview(currentExpression),
    // By default the report reads [mail] directly, which is faster.
    email: email === "mail" ? undefined : compile(emails[email]),
    domains: options.domains,
    maxDetails: options.list,
    alwaysInclude: wanted,
    people,
    about: {
      source: directory.description,
      mapping: mapping.label,
      ...(currentExpression && { "compared with": currentExpression.label }),
      email: emails[email],
    },
  });
  const progress = new Progress({ write: (text) => void (terminal.interactive && terminal.writeError(text)) });
  try {
    await directory.read({
      person(user, nestedIn) {
        reporter.add(user, nestedIn);
        if (wanted?.(user) === true) explained.push(user);
        if (reporter.count % 1000 === 0) progress.tick(reporter.count);
      },
      nestedGroup: (group) => reporter.addNestedGroup(group),
      progress: (done, total) => progress.read(done, total),
    });
  } finally {
    progress.end();
  }
  const report = reporter.finish();
  const text = wanted === undefined ? render(report, options, terminal) : explainUsers(explained, report, options);
  await deliver(text, options, terminal);
  if (options.output !== undefined) terminal.writeError(`${summaryLine(report)} Written to ${options.output}.\n`);
  return failed(report, options, explained) ? exitCodes.findings : exitCodes.success;
}

/** Compiles a mapping. @throws CliError if it cannot be evaluated in advance */
function compilePreview({ tree, label }: Mapping): Evaluator {
  try {
    return compile(tree);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new CliError([`The mapping ${label}: ${error.toString()}`]);
  }
}

/** Tests whether a finding reaches the level of `failOn`: for the explained users, or for all users if none are explained. */
function failed(report: UsernameReport, { failOn, explain }: Options, explained: readonly DirectoryUser[]): boolean {
  if (failOn === "never") return false;
  if (explain.length === 0) {
    const { withErrors, withWarnings } = report.totals;
    return withErrors > 0 || (failOn === "warn" && (withWarnings > 0 || report.nestedGroups.length > 0));
  }
  const labels = new Set(explained.map(labelOf));
  const bad = ({ level }: { level: Level }) => level === "error" || (failOn === "warn" && level === "warn");
  return report.users.some(({ user, findings }) => labels.has(user) && findings.some(bad));
}

function* render(
  report: UsernameReport,
  { format, output }: Options,
  { colour, shown = false }: Terminal,
): Generator<string> {
  switch (format) {
    case "table":
      yield renderTable(report, { colour: colour && output === undefined });
      break;
    case "json":
      yield `${escapedJson(report)}\n`;
      break;
    case "csv":
      // A file gets each name unchanged. On a terminal, names are escaped because they can contain control sequences.
      for (const line of csvLines(report))
        yield shown && output === undefined ? `${escapeInvisible(line.trimEnd())}\n` : line;
      break;
    case "markdown":
      yield renderMarkdown(report);
      break;
    case "html":
      yield renderHtml(report);
  }
}

/** Minimum length of a write, in characters. One system call per line would take longer than a report of a million users. */
const gather = 64 * 1024;

async function deliver(pieces: Iterable<string>, { output }: Options, terminal: Terminal): Promise<void> {
  if (output !== undefined) return replaceFile(output, gathered(pieces), { personal: true });
  for (const piece of gathered(pieces)) await terminal.write(piece);
}

function* gathered(pieces: Iterable<string>): Generator<string> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < gather) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
