import { CliError } from "../common/errors";
import { readLines } from "../common/lines";
import { whyNoUser } from "./attributes";
import type { Records } from "./directory";

/** Maximum length of a record in characters. Longer input is in another format. */
export const longestRecord = 4 * 1024 * 1024;

function whyNotJson(text: string, message: string): string {
  if (/^\s*\[\s*$/.test(text))
    return "a list starts here; expected one object per line (jq -c '.[]' converts a list to lines).";
  return `not JSON: ${message}.`;
}

/** Reads users from JSON lines, in the format of Microsoft Graph. Skips empty lines. @throws CliError for another format */
export async function readJsonLines(chunks: AsyncIterable<Buffer>, input: string, records: Records): Promise<void> {
  let number = 0;
  for await (const lines of readLines(chunks, longestRecord)) {
    for (const text of lines) readLine(text, ++number, input, records);
  }
}

function readLine(text: string, number: number, input: string, records: Records): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (text.length >= longestRecord)
      throw new CliError([`${input}, line ${number}: longer than ${longestRecord} bytes; expected CSV or JSON lines.`]);
    if (text.trim() !== "") records.problem(number, whyNotJson(text, (error as Error).message));
    return;
  }
  if (!isObject(value)) {
    const kind = Array.isArray(value) ? "a list (jq -c '.[]' converts it to lines)" : "not an object";
    records.problem(number, `${kind}; expected {"userPrincipalName": "...", "mail": "...", ...}.`);
    return;
  }
  const why = whyNoUser(value);
  if (why === undefined) records.person(value);
  else records.problem(number, why);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
