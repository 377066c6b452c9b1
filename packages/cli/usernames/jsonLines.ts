import { asUser, whyNoUser } from "./attributes";
import { longestRecord } from "./blocks";
import { forEachLine } from "./lines";
import { ParseError, type Records } from "./records";

const blank = /^\s*$/;

function whyNotJson(text: string, message: string): string {
  if (/^\s*\[\s*$/.test(text))
    return "a list starts here; expected one object per line (jq -c '.[]' converts a list to lines).";
  return `not JSON: ${message}.`;
}

/** Reads users from JSON lines, in the format of Microsoft Graph. Skips empty lines. Returns the number of lines. @throws ParseError */
export function readJsonLines(bytes: Buffer, records: Records): number {
  return forEachLine(bytes, (text, number) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      if (text.length > longestRecord)
        throw new ParseError(number, `longer than ${longestRecord} bytes; expected CSV or JSON lines`);
      if (!blank.test(text)) records.problem(number, whyNotJson(text, (error as Error).message));
      return;
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const kind = Array.isArray(value) ? "a list (jq -c '.[]' converts it to lines)" : "not an object";
      records.problem(number, `${kind}; expected {"userPrincipalName": "...", "mail": "...", ...}.`);
      return;
    }
    const user = value as Record<string, unknown>;
    const why = whyNoUser(user);
    if (why === undefined) records.person(asUser(user));
    else records.problem(number, why);
  });
}
