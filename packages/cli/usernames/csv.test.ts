import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { peopleWriter, type DirectoryUser } from "entra-mappings";
import { CliError } from "../common/errors";
import { readCsv } from "./csv";

/** Formats a record according to RFC 4180. Quotes only the fields that need it, or all of them with `always`. */
function stringify(fields: readonly string[], delimiter: string, always: boolean): string {
  const plain = (field: string) => !always && !/["\r\n]/.test(field) && !field.includes(delimiter);
  return fields.map((field) => (plain(field) ? field : `"${field.replaceAll('"', '""')}"`)).join(delimiter);
}

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function parseUsers(
  text: string,
  size = 1000,
): Promise<{ users: DirectoryUser[]; problems: [number, string][] }> {
  const bytes = Buffer.from(text);
  const users: DirectoryUser[] = [];
  const problems: [number, string][] = [];
  await readCsv(
    chunksOf(bytes, size),
    bytes,
    { input: "list", attributes: [], people: peopleWriter() },
    {
      person: (user) => void users.push(user),
      problem: (line, reason) => void problems.push([line, reason]),
    },
  );
  return { users, problems };
}

describe("readCsv", () => {
  it("reads back written CSV, quoted or not, with line breaks in fields and with LF or CRLF line ends", async () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ab,;"\n\u00eb '), minLength: 1 });
    const rows = fc.array(fc.tuple(cell, cell), { maxLength: 20 });
    const sizes = fc.integer({ min: 1, max: 50 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.boolean(),
        fc.constantFrom("\n", "\r\n"),
        sizes,
        async (given, always, lineEnd, size) => {
          const lines = [["userPrincipalName", "displayName"], ...given].map((row) => stringify(row, ",", always));
          const found = await parseUsers(lines.map((line) => line + lineEnd).join(""), size);
          expect(found.problems).toEqual([]);
          expect(found.users.map(({ userPrincipalName, displayName }) => [userPrincipalName, displayName])).toEqual(
            given,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("accepts LF and CRLF line ends in one CSV file", async () => {
    const { users } = await parseUsers('userPrincipalName,mail\r\na@b,x\nc@d,"y"\r\n"e\nf",z\r\ng@h,"w"\n\n');
    expect(users.map(({ userPrincipalName, mail }) => [userPrincipalName, mail])).toEqual([
      ["a@b", "x"],
      ["c@d", "y"],
      ["e\nf", "z"],
      ["g@h", "w"],
    ]);
  });

  it("reports the line where an invalid CSV record starts", async () => {
    const { problems } = await parseUsers('userPrincipalName,mail\n\na@b,"x\ny"\n"c\nd",e,f\n,g\n');
    expect(problems).toEqual([
      [5, "3 fields, but the first line has 2 headings."],
      [7, "userPrincipalName and id are missing; expected at least one of them."],
    ]);
  });

  it.each([
    ['a,b\na@b,c\nd@e,"f\ng\n', /line \d: Quote Not Closed/],
    ['a,b\na@b,c"d\n', /line 2: Invalid Opening Quote/],
    ['a,b\na@b,"c" d\n', /line 2: Invalid Closing Quote/],
  ])("rejects CSV with invalid quotes: %j", async (text, reason) => {
    const reading = parseUsers(text.replace("a,b", "userPrincipalName,mail"));
    await expect(reading).rejects.toThrow(CliError);
    await expect(reading).rejects.toThrow(reason);
  });
});
