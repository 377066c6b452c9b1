import { compile, type Expression } from "../../mappings/expression";
import { Gathering, type Gathered, type GatheringOptions, type Room } from "../../mappings/usernames/gathering";
import type { DirectoryUser } from "../../mappings/usernames/user";
import { readCsv, type CsvLayout } from "./csv";
import { emails, type EmailSource } from "./emails";
import { readJsonLines } from "./jsonLines";
import { Unreadable } from "./records";

/** What people are judged by: plain data, for any thread. */
export interface Criteria {
  readonly mapping: Expression;
  readonly compareWith?: Expression;
  readonly email: EmailSource;
  readonly domains?: readonly string[];
  readonly keep: number;
}

/** How the input is read. */
export type Format = { readonly kind: "jsonl" } | { readonly kind: "csv"; readonly layout: CsvLayout };

/** What became of a block. Lines are those of the block, from 1. */
export interface Judged {
  readonly gathered: Gathered;
  readonly lines: number;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  /** Nothing from this line on could be read. */
  readonly unreadable?: { readonly line: number; readonly reason: string };
}

export type Judge = (block: Buffer, room: Room) => Judged;

/** @throws ExpressionError where an expression cannot be previewed. */
export function gatheringOptions({ mapping, compareWith, email, domains, keep }: Criteria): GatheringOptions {
  return {
    mapping: compile(mapping),
    ...(compareWith === undefined ? {} : { compareWith: compile(compareWith) }),
    // The report reads [mail] by itself, and quicker.
    ...(email === "mail" ? {} : { email: compile(emails[email]) }),
    ...(domains === undefined ? {} : { domains }),
    keep,
  };
}

/** Judges the people of one block after the other. `seen` is shown everybody. */
export function createJudge(
  options: GatheringOptions,
  format: Format,
  seen: (user: DirectoryUser) => void = () => undefined,
): Judge {
  const gathering = new Gathering(options);
  const problems: { line: number; reason: string }[] = [];
  const records = {
    person(user: DirectoryUser) {
      gathering.add(user);
      seen(user);
    },
    problem: (line: number, reason: string) => void problems.push({ line, reason }),
  };
  return (block, room) => {
    gathering.limit(room);
    let lines = 0;
    let unreadable: Judged["unreadable"];
    try {
      lines = format.kind === "csv" ? readCsv(block, format.layout, records) : readJsonLines(block, records);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unreadable = { line: error.line, reason: error.reason };
    }
    return {
      gathered: gathering.take(),
      lines,
      problems: problems.splice(0),
      ...(unreadable === undefined ? {} : { unreadable }),
    };
  };
}
