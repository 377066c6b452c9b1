import fc from "fast-check";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { DirectoryUser } from "../../mappings/usernames";
import { readCsv, readCsvLayout } from "./csv";
import { plainFields } from "./csvFields";
import { ParseError } from "./records";

/** A record as RFC 4180 writes it; fields are quoted where they must be, or all. */
function stringify(fields: readonly string[], delimiter: string, always: boolean): string {
  const plain = (field: string) => !always && !/["\r\n]/.test(field) && !field.includes(delimiter);
  return fields.map((field) => (plain(field) ? field : `"${field.replaceAll('"', '""')}"`)).join(delimiter);
}

const delimiters = fc.constantFrom(",", ";", "\t");
const fields = fc.array(fc.string({ unit: fc.constantFrom(..."ab,;\t\"'\u00eb \u65e5") }), {
  minLength: 1,
  maxLength: 5,
});

describe("the fields of a plain line", () => {
  it("are those that the library finds, or it is asked", () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab,;\t"\u00eb '), minLength: 1 });
    fc.assert(
      fc.property(text, delimiters, (line, delimiter) => {
        const found = plainFields(line, delimiter);
        if (found !== undefined) expect([found]).toEqual(parse(line, { delimiter, relax_column_count: true }));
      }),
      { numRuns: 5000 },
    );
  });

  it("are found without the library in whatever is rightly written on one line", () => {
    fc.assert(
      fc.property(fields, delimiters, fc.boolean(), (given, delimiter, always) => {
        expect(plainFields(stringify(given, delimiter, always), delimiter)).toEqual(given);
      }),
      { numRuns: 2000 },
    );
  });
});

function people(text: string): { users: DirectoryUser[]; problems: [number, string][]; lines: number } {
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

describe("a list", () => {
  it("gives back what was written, quoted or not, with line breaks in it and either kind of line ends", () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ab,;"\n\u00eb '), minLength: 1 });
    const rows = fc.array(fc.tuple(cell, cell), { maxLength: 20 });
    fc.assert(
      fc.property(rows, fc.boolean(), fc.constantFrom("\n", "\r\n"), (given, always, lineEnd) => {
        const lines = [["userPrincipalName", "displayName"], ...given].map((row) => stringify(row, ",", always));
        const found = people(lines.map((line) => line + lineEnd).join(""));
        expect(found.problems).toEqual([]);
        expect(found.users.map(({ userPrincipalName, displayName }) => [userPrincipalName, displayName])).toEqual(
          given,
        );
        expect(found.lines).toBe(lines.join("\n").split("\n").length);
      }),
      { numRuns: 1000 },
    );
  });

  it("may end its lines in either way, in one file", () => {
    const { users } = people('userPrincipalName,mail\r\na@b,x\nc@d,"y"\r\n"e\nf",z\r\ng@h,"w"\n\n');
    expect(users.map(({ userPrincipalName, mail }) => [userPrincipalName, mail])).toEqual([
      ["a@b", "x"],
      ["c@d", "y"],
      ["e\nf", "z"],
      ["g@h", "w"],
    ]);
  });

  it("tells the line where a record begins that is wrong", () => {
    const { problems } = people('userPrincipalName,mail\n\na@b,"x\ny"\n"c\nd",e,f\n,g\n');
    expect(problems).toEqual([
      [5, "3 fields, while the first line has 2 headings."],
      [7, "neither userPrincipalName nor id: nobody to name."],
    ]);
  });

  it.each([
    ['a@b,c\nd@e,"f\ng\n', 2, /Quote Not Closed/],
    ['a@b,c"d\n', 1, /Invalid Opening Quote/],
    ['a@b,"c" d\n', 1, /Invalid Closing Quote/],
  ])("is unreadable where quotes are wrong: %j", (text, line, reason) => {
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
