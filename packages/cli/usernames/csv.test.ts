import fc from "fast-check";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { DirectoryUser } from "entra-mappings";
import { readCsv, readCsvLayout } from "./csv";
import { plainFields } from "./csvFields";
import { ParseError } from "./records";

/** Formats a record according to RFC 4180. Quotes only the fields that need it, or all of them with `always`. */
function stringify(fields: readonly string[], delimiter: string, always: boolean): string {
  const plain = (field: string) => !always && !/["\r\n]/.test(field) && !field.includes(delimiter);
  return fields.map((field) => (plain(field) ? field : `"${field.replaceAll('"', '""')}"`)).join(delimiter);
}

const delimiters = fc.constantFrom(",", ";", "\t");
const fields = fc.array(fc.string({ unit: fc.constantFrom(..."ab,;\t\"'\u00eb \u65e5") }), {
  minLength: 1,
  maxLength: 5,
});

describe("plainFields", () => {
  it("returns the same CSV fields as the library, or undefined", () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab,;\t"\u00eb '), minLength: 1 });
    fc.assert(
      fc.property(text, delimiters, (line, delimiter) => {
        const found = plainFields(line, delimiter);
        if (found !== undefined) expect([found]).toEqual(parse(line, { delimiter, relax_column_count: true }));
      }),
      { numRuns: 5000 },
    );
  });

  it("parses every valid single-line CSV record without the library", () => {
    fc.assert(
      fc.property(fields, delimiters, fc.boolean(), (given, delimiter, always) => {
        expect(plainFields(stringify(given, delimiter, always), delimiter)).toEqual(given);
      }),
      { numRuns: 2000 },
    );
  });
});

function parseUsers(text: string): { users: DirectoryUser[]; problems: [number, string][]; lines: number } {
  const bytes = Buffer.from(text);
  const { layout, end, lines } = readCsvLayout(bytes, { input: "list", attributes: [] });
  const users: DirectoryUser[] = [];
  const problems: [number, string][] = [];
  const read = readCsv(bytes.subarray(end), layout, {
    person: (user) => void users.push(user),
    problem: (line, reason) => void problems.push([lines + line, reason]),
  });
  return { users, problems, lines: lines + read };
}

describe("readCsv", () => {
  it("reads back written CSV, quoted or not, with line breaks in fields and with LF or CRLF line ends", () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ab,;"\n\u00eb '), minLength: 1 });
    const rows = fc.array(fc.tuple(cell, cell), { maxLength: 20 });
    fc.assert(
      fc.property(rows, fc.boolean(), fc.constantFrom("\n", "\r\n"), (given, always, lineEnd) => {
        const lines = [["userPrincipalName", "displayName"], ...given].map((row) => stringify(row, ",", always));
        const found = parseUsers(lines.map((line) => line + lineEnd).join(""));
        expect(found.problems).toEqual([]);
        expect(found.users.map(({ userPrincipalName, displayName }) => [userPrincipalName, displayName])).toEqual(
          given,
        );
        expect(found.lines).toBe(lines.join("\n").split("\n").length);
      }),
      { numRuns: 1000 },
    );
  });

  it("accepts LF and CRLF line ends in one CSV file", () => {
    const { users } = parseUsers('userPrincipalName,mail\r\na@b,x\nc@d,"y"\r\n"e\nf",z\r\ng@h,"w"\n\n');
    expect(users.map(({ userPrincipalName, mail }) => [userPrincipalName, mail])).toEqual([
      ["a@b", "x"],
      ["c@d", "y"],
      ["e\nf", "z"],
      ["g@h", "w"],
    ]);
  });

  it("reports the line where an invalid CSV record starts", () => {
    const { problems } = parseUsers('userPrincipalName,mail\n\na@b,"x\ny"\n"c\nd",e,f\n,g\n');
    expect(problems).toEqual([
      [5, "3 fields, but the first line has 2 headings."],
      [7, "userPrincipalName and id are missing; expected at least one of them."],
    ]);
  });

  it.each([
    ['a@b,c\nd@e,"f\ng\n', 2, /Quote Not Closed/],
    ['a@b,c"d\n', 1, /Invalid Opening Quote/],
    ['a@b,"c" d\n', 1, /Invalid Closing Quote/],
  ])("rejects CSV with invalid quotes: %j", (text, line, reason) => {
    const layout = { delimiter: ",", width: 2, columns: [{ index: 0, property: "userPrincipalName" }] };
    const records = { person: () => undefined, problem: () => undefined };
    const read = () => readCsv(Buffer.from(text), layout, records);
    expect(read).toThrow(ParseError);
    expect(read).toThrow(reason);
    try {
      read();
    } catch (error) {
      expect((error as ParseError).line).toBeGreaterThanOrEqual(line);
    }
  });
});
