import {
  compile,
  type Expression,
  ReportBuilder,
  type PartialReport,
  type ReportBuilderOptions,
  type DetailQuota,
  type DirectoryUser,
} from "entra-mappings";
import { readCsv, type CsvLayout } from "./csv";
import { emails, type EmailSource } from "./emails";
import { readJsonLines } from "./jsonLines";
import { ParseError } from "./records";

/** Options of the evaluation as plain data, so that they can be sent to any thread. */
export interface Criteria {
  readonly mapping: Expression;
  readonly currentExpression?: Expression;
  readonly email: EmailSource;
  readonly domains?: readonly string[];
  readonly maxDetails: number;
}

/** The format of the input. */
export type Format = { readonly kind: "jsonl" } | { readonly kind: "csv"; readonly layout: CsvLayout };

/** The result of a block. Line numbers are relative to the block, from 1. */
export interface EvaluatedBlock {
  readonly gathered: PartialReport;
  readonly lines: number;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  /** The line from which on the block could not be parsed. Absent: the whole block was parsed. */
  readonly unreadable?: { readonly line: number; readonly reason: string };
}

export type EvaluateBlock = (block: Buffer, quota: DetailQuota) => EvaluatedBlock;

/** Compiles the options. @throws ExpressionError if an expression cannot be previewed */
export function reportOptions({
  mapping,
  currentExpression,
  email,
  domains,
  maxDetails,
}: Criteria): ReportBuilderOptions {
  return {
    mapping: compile(mapping),
    ...(currentExpression === undefined ? {} : { currentExpression: compile(currentExpression) }),
    // By default the report reads [mail] directly, which is faster.
    ...(email === "mail" ? {} : { email: compile(emails[email]) }),
    ...(domains === undefined ? {} : { domains }),
    maxDetails,
  };
}

/** Returns a function that evaluates the users of one block after another. `seen` is called for every user. */
export function createBlockEvaluator(
  options: ReportBuilderOptions,
  format: Format,
  onUser: (user: DirectoryUser) => void = () => undefined,
): EvaluateBlock {
  const builder = new ReportBuilder(options);
  const problems: { line: number; reason: string }[] = [];
  const records = {
    person(user: DirectoryUser) {
      builder.add(user);
      onUser(user);
    },
    problem: (line: number, reason: string) => void problems.push({ line, reason }),
  };
  return (block, quota) => {
    builder.limit(quota);
    let lines = 0;
    let unreadable: EvaluatedBlock["unreadable"];
    try {
      lines = format.kind === "csv" ? readCsv(block, format.layout, records) : readJsonLines(block, records);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      unreadable = { line: error.line, reason: error.reason };
    }
    return {
      gathered: builder.take(),
      lines,
      problems: problems.splice(0),
      ...(unreadable === undefined ? {} : { unreadable }),
    };
  };
}
