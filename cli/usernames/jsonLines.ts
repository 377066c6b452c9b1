import { asUser, whyNoUser } from "./attributes";
import type { Visitor } from "./directory";
import { LineProblems } from "./errors";
import { LineCutter } from "./lines";

export interface ReadOptions {
  /** What the input is called in messages. */
  input: string;
  attributes: readonly string[];
  visitor: Visitor;
}

const blank = /^\s*$/;

function whyNotJson(text: string, message: string): string {
  if (/^\s*\[\s*$/.test(text))
    return "a list begins here; expected an object on each line (jq -c '.[]' makes lines of a list).";
  return `not JSON: ${message}.`;
}

/** Users as Microsoft Graph writes them, one JSON object a line; empty lines do not count. @throws CliError, RangeError */
export async function readJsonLines(chunks: AsyncIterable<Buffer>, options: ReadOptions): Promise<void> {
  const { visitor } = options;
  const problems = new LineProblems(options.input);
  const cutter = new LineCutter((text, number) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      if (!blank.test(text)) problems.add(number, whyNotJson(text, (error as Error).message));
      return;
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const what = Array.isArray(value) ? "a list (jq -c '.[]' makes lines of it)" : "no object";
      problems.add(number, `${what}; expected {"userPrincipalName": "...", "mail": "...", ...}.`);
      return;
    }
    const user = value as Record<string, unknown>;
    const why = whyNoUser(user);
    if (why === undefined) visitor.person(asUser(user));
    else problems.add(number, why);
  });
  for await (const chunk of chunks) cutter.push(chunk);
  cutter.end();
  problems.finish();
}
