import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Explanation, UsernameReport } from "entra-mappings";
import { runUsernames } from "./testing";

const dir = mkdtempSync(join(tmpdir(), "usernames-cli-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let files = 0;
function file(content: string | Buffer, extension = "jsonl"): string {
  const path = join(dir, `users-${files++}.${extension}`);
  writeFileSync(path, content);
  return path;
}
const lines = (...users: object[]) => file(users.map((person) => JSON.stringify(person)).join("\n"));
const bill = { id: "1", userPrincipalName: "Bill.Gates@example.com", mail: "bill.gates@example.com" };
const ada = { id: "2", userPrincipalName: "ada@example.com", mail: "ada@example.com", displayName: "Ada" };
const other = { id: "3", userPrincipalName: "ada@example.org", mail: "ada@example.org" };
const silent = { id: "4", userPrincipalName: "zoe@example.com", mail: null };
const guest = {
  id: "5",
  userPrincipalName: "bob_x.example#EXT#@example.com",
  mail: "bob@x.example",
  userType: "Guest",
};

async function reportOf(argv: string[]): Promise<UsernameReport> {
  const { out, err } = await runUsernames([...argv, "--format", "json"]);
  expect(err).toBe("");
  return JSON.parse(out) as UsernameReport;
}

describe("exit codes of npm run usernames", () => {
  it("exits with 0 without findings, and with 1 for warnings only with --fail-on warn", async () => {
    expect((await runUsernames(["--file", lines(bill, ada)])).code).toBe(0);
    const warned = lines(bill, guest);
    expect((await runUsernames(["--file", warned])).code).toBe(0);
    expect((await runUsernames(["--file", warned, "--fail-on", "warn"])).code).toBe(1);
  });

  it("exits with 1 for errors, unless --fail-on is never", async () => {
    const wrong = lines(ada, other);
    expect((await runUsernames(["--file", wrong])).code).toBe(1);
    expect((await runUsernames(["--file", wrong, "--fail-on", "never"])).code).toBe(0);
  });

  it("exits with 2 without a report, and writes the reason only to standard error", async () => {
    const { code, out, err } = await runUsernames(["--file", join(dir, "nowhere.csv")]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^Cannot read .*nowhere\.csv: the file does not exist\.\n$/);
  });

  it("exits with 0 for --help, which documents every exit code", async () => {
    const { code, out } = await runUsernames(["--help"]);
    expect(code).toBe(0);
    for (const expected of ["Exit codes:", "  0 ", "  1 ", "  2 ", "--fail-on", "ARM_CLIENT_ID"])
      expect(out).toContain(expected);
  });
});

describe("command line of npm run usernames", () => {
  it("reports all invalid options together", async () => {
    const { code, err } = await runUsernames([
      ...["--file", "x", "--group", "g", "--format", "pdf", "--list", "-1", "--preset", "none", "--fail-on", "info"],
      ...["--email", "phone", "--compare-preset", "local-part-without-dots", "--compare-expression", "[mail]"],
    ]);
    expect(code).toBe(2);
    expect(err.trim().split("\n")).toEqual([
      "--format pdf: expected one of table, json, csv, markdown, html.",
      "--fail-on info: expected one of error, warn, never.",
      "--email phone: expected one of mail, mail-or-upn.",
      "--preset none: expected one of upn-local-part, initial-surname, local-part-without-dots.",
      "--compare-preset and --compare-expression exclude each other; expected one of them.",
      "--list -1: expected a whole number of at least 0, or all.",
      "--file cannot be combined with --group; expected one source.",
    ]);
  });

  it.each([
    [[], /^No source of users: expected --file, --group or --app/],
    [["--nonsense"], /^unknown option '--nonsense'; see smallstep-ssh usernames --help\.$/m],
    [["--group", ""], /^--group is empty/],
    [["--app", "x", "--input-format", "csv"], /^--input-format requires --file\.$/m],
    [
      ["--file", "x", "--explain", "u", "--format", "html"],
      /^--explain does not support --format html; expected table or json\.$/m,
    ],
  ])("rejects the arguments %j", async (argv, message) => {
    const { code, err } = await runUsernames(argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it("shows the position of an error in an expression", async () => {
    const { err } = await runUsernames([
      "--file",
      "x",
      "--expression",
      "ToLower([mail)",
      "--compare-expression",
      "Nope([mail])",
    ]);
    const [sentence, text, caret] = err.split("\n");
    expect(sentence).toMatch(/^--expression: .*\.$/);
    expect(text).toBe("ToLower([mail)");
    expect(caret).toBe("        ^");
    expect(err).toMatch(/^--compare-expression: The function Nope does not exist/m);
  });

  it("reports why an expression cannot be previewed", async () => {
    const { code, err } = await runUsernames(["--file", lines(bill), "--expression", "Guid()"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^The mapping Guid\(\): Guid cannot be previewed/);
  });
});

describe("input of npm run usernames", () => {
  const heading = "UserPrincipalName,Mail,AccountEnabled,ObjectId";
  it.each([
    ["CSV", "csv", `${heading}\nbill@example.com,bill@example.com,True,1\nada@example.com,ada@example.com,False,2\n`],
    [
      "CSV of Excel",
      "csv",
      `\ufeff${heading.replaceAll(",", ";")}\r\nbill@example.com;bill@example.com;True;1\r\nada@example.com;ada@example.com;False;2`,
    ],
    [
      "CSV of PowerShell 5",
      "csv",
      `#TYPE Foo\n"${heading.replaceAll(",", '","')}"\n"bill@example.com","bill@example.com","True","1"\n"ada@example.com","ada@example.com","False","2"\n`,
    ],
    [
      "tab-separated values, by their content",
      "txt",
      `${heading.replaceAll(",", "\t")}\nbill@example.com\tbill@example.com\ttrue\t1\nada@example.com\tada@example.com\tfalse\t2\n`,
    ],
    [
      "JSON lines",
      "jsonl",
      '{"userPrincipalName":"bill@example.com","mail":"bill@example.com"}\r\n\r\n{"userPrincipalName":"ada@example.com","mail":"ada@example.com","accountEnabled":false}',
    ],
    [
      "JSON lines, by their content",
      "log",
      ' {"userPrincipalName":"bill@example.com","mail":"bill@example.com"}\n{"userPrincipalName":"ada@example.com","mail":"ada@example.com","accountEnabled":false}\n',
    ],
  ])("reads %s", async (_, extension, content) => {
    const report = await reportOf(["--file", file(content, extension)]);
    expect(report.users.map(({ user, name }) => [user, name])).toEqual([
      ["ada@example.com", "ada"],
      ["bill@example.com", "bill"],
    ]);
    expect(report.totals).toMatchObject({ users: 2, clean: 1, withNotes: 1 });
  });

  it("splits input into lines across chunk boundaries", async () => {
    const names = Array.from({ length: 9000 }, (_, n) => `zoë.${n}.${"x".repeat(n % 97)}`);
    const path = lines(
      ...names.map((name) => ({ userPrincipalName: `${name}@example.com`, mail: `${name}@example.com` })),
    );
    const report = await reportOf(["--file", path, "--list", "all"]);
    expect(new Set(report.users.map(({ name }) => name))).toEqual(new Set(names));
  });

  it("reports every invalid line with its number", async () => {
    const path = file(
      [
        JSON.stringify(bill),
        "{not json",
        "",
        '{"userPrincipalName": 7}',
        '["list"]',
        '{"mail": "a@b.c"}',
        '{"id": "1", "accountEnabled": "yes"}',
      ].join("\n"),
    );
    const { code, out, err } = await runUsernames(["--file", path]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.replaceAll(path, "F").trim().split("\n")).toEqual([
      expect.stringMatching(/^F, line 2: not JSON: /),
      "F, line 4: userPrincipalName is the number 7; expected a string or null.",
      expect.stringMatching(/^F, line 5: a list /),
      "F, line 6: userPrincipalName and id are missing; expected at least one of them.",
      'F, line 7: accountEnabled is the string "yes"; expected true, false or null.',
    ]);
  });

  it("stops after twenty invalid lines", async () => {
    const { err } = await runUsernames(["--file", file("x\n".repeat(1000))]);
    const problems = err.trim().split("\n");
    expect(problems).toHaveLength(21);
    expect(problems[20]).toMatch(/stopped after 20 invalid lines\.$/);
  });

  it.each([
    ["an empty file", "csv", "", /is empty/],
    ["UTF-16", "csv", Buffer.from("\ufeffuserPrincipalName\n", "utf16le"), /is UTF-16; expected UTF-8/],
    [
      "UTF-16 without a byte order mark",
      "csv",
      Buffer.from("userPrincipalName\n", "utf16le"),
      /has NUL bytes: it is UTF-16 or/,
    ],
    ["a terminal control sequence", "jsonl", "\u001b]0;x\u0007", /line 1: not JSON: .*\\u\{1b\}/],
    ["a very long first line", "csv", "x".repeat(900_000), /the first line has x{300} \.\.\.\.$/m],
    ["a list in JSON", "json", '[\n{"id":"1"}\n]', /line 1: a list starts here; .*jq/],
    [
      "a missing column of names",
      "csv",
      "name,mail\na,b\n",
      /has no column userPrincipalName; the first line has name, mail\./,
    ],
    ["a duplicate column", "csv", "mail,userPrincipalName,Mail\na,b,c\n", /has the column mail twice\./],
    [
      "a missing field",
      "csv",
      "userPrincipalName,mail\na@b.c\n",
      /line 2: 1 fields, but the first line has 2 headings\./,
    ],
    ["an open quote", "csv", 'userPrincipalName,mail\n"a@b.c,x\n', /Quote Not Closed/],
    ["one line of 6 MB", "jsonl", "x".repeat(6_000_000), /line 1: longer than .* bytes; expected CSV or JSON lines\./],
  ])("rejects %s with a clear message", async (_, extension, content, message) => {
    const { code, err } = await runUsernames(["--file", file(content, extension)]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n {4}at /);
    // eslint-disable-next-line no-control-regex
    expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  });

  it("rejects a folder as input with a clear message", async () => {
    const { code, err } = await runUsernames(["--file", dir]);
    expect({ code, err }).toEqual({ code: 2, err: `Cannot read ${dir}: it is a folder.\n` });
  });

  it("reports every missing column that an expression reads", async () => {
    const path = file("userPrincipalName,mail\na@b.c,a@b.c\n", "csv");
    const { err } = await runUsernames(["--file", path, "--expression", "Append([givenName], [surname])"]);
    expect(err.trim().split("\n")).toEqual([
      `${path} has no column givenName, which the report needs; its columns are userPrincipalName, mail.`,
      `${path} has no column surname, which the report needs; its columns are userPrincipalName, mail.`,
    ]);
  });
});

describe("a long file", () => {
  const userCount = 60_000;
  const line = (n: number) =>
    JSON.stringify({
      id: `${n}`.padStart(200, "0"),
      userPrincipalName: `user.${n % 50_000}@${n < 50_000 ? "example.com" : "example.org"}`,
      mail: n % 100 === 0 ? null : `user.${n % 50_000}@example.com`,
    });

  it("is reported completely, with limited lists and the number of all", { timeout: 60_000 }, async () => {
    const path = file(Array.from({ length: userCount }, (_, n) => `${line(n)}\n`).join(""));
    const found = await reportOf(["--file", path, "--list", "20"]);
    expect(found.totals).toMatchObject({
      users: userCount,
      collisionNames: 10_000,
      findings: { collision: 20_000, noMail: 600, duplicateEntry: 0 },
    });
    expect(found.collisions).toHaveLength(20);
    const { totals, collisions, users } = await reportOf(["--file", path, "--list", "all"]);
    expect(found.totals).toEqual(totals);
    expect(collisions).toHaveLength(10_000);
    expect(found.collisions).toEqual(collisions.slice(0, 20));
    const listed = new Set(found.users.map(({ user }) => user));
    expect(found.users).toEqual(users.filter(({ user }) => listed.has(user)));
  });

  it("is rejected with the numbers of its invalid lines", { timeout: 60_000 }, async () => {
    const path = file(Array.from({ length: userCount }, (_, n) => (n === 55_554 ? "{}" : line(n))).join("\r\n"));
    const { code, err } = await runUsernames(["--file", path]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `${path}, line 55555: userPrincipalName and id are missing; expected at least one of them.\n`,
    });
  });

  it("has short lines in every format even if all users have one name", async () => {
    const path = lines(
      ...Array.from({ length: 5000 }, (_, n) => ({ userPrincipalName: `x@d${n}.example`, mail: null })),
    );
    for (const format of ["table", "csv", "markdown"]) {
      const { out } = await runUsernames(["--file", path, "--format", format]);
      for (const one of out.split("\n")) expect(one.length).toBeLessThan(2000);
      expect(out.length).toBeLessThan(200_000);
    }
    const [collision] = (await reportOf(["--file", path])).collisions;
    expect([collision?.users.length, collision?.userCount]).toEqual([200, 5000]);
  });
});

describe("report of npm run usernames", () => {
  it("renders the report in every format", async () => {
    const argv = ["--file", lines(bill, ada, other, silent)];
    expect((await runUsernames(argv)).out).toContain(
      "4 users: 1 without findings, 3 with errors (name collision 2, no mail 1).",
    );
    expect((await runUsernames([...argv, "--format", "csv"])).out).toMatch(
      /^user,displayName,.*\r\nBill\.Gates@example\.com,,/,
    );
    expect((await runUsernames([...argv, "--format", "markdown"])).out).toContain(
      "### User names: 3 users with errors",
    );
    expect((await runUsernames([...argv, "--format", "html"])).out).toMatch(/^<!doctype html>/);
    const report = await reportOf(argv);
    expect(report.about["mapping"]).toMatch(/^upn-local-part: ToLower/);
    expect(report.collisions).toEqual([
      {
        name: "ada",
        users: [
          { user: "ada@example.com", name: "ada" },
          { user: "ada@example.org", name: "ada" },
        ],
        userCount: 2,
      },
    ]);
  });

  it("colours the report only on a terminal, never in a file", async () => {
    const argv = ["--file", lines(ada, other)];
    expect((await runUsernames(argv)).out).not.toContain("\u001b");
    expect((await runUsernames(argv, { colour: true })).out).toContain("\u001b[31m");
    const output = join(dir, "report.txt");
    await runUsernames([...argv, "--output", output], { colour: true });
    expect(readFileSync(output, "utf8")).not.toContain("\u001b");
  });

  it("writes the report to the file of --output and a summary to standard error", async () => {
    const output = join(dir, "report.html");
    const { out, err, code } = await runUsernames(["--file", lines(bill), "--format", "html", "--output", output]);
    expect({ out, code }).toEqual({ out: "", code: 0 });
    expect(err).toBe(`1 user: 1 without findings. Written to ${output}.\n`);
    expect(readFileSync(output, "utf8")).toMatch(/<\/html>\n$/);
    expect((await runUsernames(["--file", lines(bill), "--output", dir])).err).toMatch(/^Cannot write /);
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  it.each(["table", "json", "csv", "markdown", "html"])(
    "escapes names that act on a terminal or a pipeline in the format %s",
    async (format) => {
      const name = "##vso[task.setvariable variable=x]\u001b[2J\u202e\n::add-mask::";
      const user = { ...bill, id: name, userPrincipalName: `${name}@example.com`, mail: name };
      const { out } = await runUsernames(["--file", lines(user), "--format", format, "--list", "all"]);
      expect(out).toContain("vso[task.setvariable");
      expect(out).not.toMatch(/##(vso)?\[|^\s*::|\u202e/im);
      expect(out).not.toContain("\u001b");
    },
  );

  it("rejects the input file as the file of --output", async () => {
    const input = lines(bill);
    const before = readFileSync(input, "utf8");
    const { code, err } = await runUsernames(["--file", input, "--output", join(dir, ".", input.slice(dir.length))]);
    expect([code, err]).toEqual([2, `--output ${input}: is the file of --file; expected another file.\n`]);
    expect(readFileSync(input, "utf8")).toBe(before);
  });

  it("reports renamed users when two mappings are compared", async () => {
    const report = await reportOf([
      "--file",
      lines(bill, ada),
      "--preset",
      "local-part-without-dots",
      "--compare-preset",
      "upn-local-part",
    ]);
    expect(report.compared).toBe(true);
    expect(report.totals.findings.renamed).toBe(1);
    expect(report.users.find(({ name }) => name === "billgates")).toMatchObject({ before: "bill.gates" });
  });

  it("applies --email and --domain to the findings", async () => {
    const path = lines(silent, bill);
    expect((await reportOf(["--file", path])).totals.findings.noMail).toBe(1);
    expect((await reportOf(["--file", path, "--email", "mail-or-upn"])).totals.findings.noMail).toBe(0);
    const other = await reportOf(["--file", path, "--domain", "example.org", "--domain", "example.net"]);
    expect(other.totals.findings.otherDomain).toBe(1);
  });

  it("lists as many users as --list allows, 200 by default", async () => {
    const path = lines(...Array.from({ length: 300 }, (_, n) => ({ ...bill, userPrincipalName: `u${n}@example.com` })));
    expect((await reportOf(["--file", path, "--fail-on", "never"])).users).toHaveLength(200);
    expect((await reportOf(["--file", path, "--list", "3"])).users).toHaveLength(3);
    const all = await reportOf(["--file", path, "--list", "all"]);
    expect([all.users.length, all.usersLeftOut]).toEqual([300, 0]);
  });
});

describe("npm run usernames with --people", () => {
  const key = "not-a-real-key-but-32-characters";

  it("shows only numbers, or pseudonyms", async () => {
    const path = lines(bill, ada, other);
    const argv = ["--file", path, "--format", "json", "--people"];
    const counts = await runUsernames([...argv, "counts"]);
    expect(counts.code).toBe(1);
    expect(counts.out).not.toMatch(/@example|gates|"ada|user-/i);
    expect((JSON.parse(counts.out) as UsernameReport).totals).toMatchObject({ users: 3, collisionNames: 1 });
    const pseudonyms = await runUsernames([...argv, "pseudonyms"], { env: { PSEUDONYM_KEY: key } });
    expect(pseudonyms.out).not.toMatch(/@example|gates|"ada/i);
    expect((JSON.parse(pseudonyms.out) as UsernameReport).users.map(({ user }) => user)).toEqual(
      Array(3).fill(expect.stringMatching(/^user-[0-9a-f]{16}$/)),
    );
  });

  it("quotes no line of an invalid file", async () => {
    const bad = file("ada@example.com,Ada\n", "csv");
    const wrong = file('{"userPrincipalName": "ada@example.com", "mail": 5}\nada@example.com\n');
    for (const path of [bad, wrong]) {
      const { code, err } = await runUsernames(["--file", path, "--people", "counts"]);
      expect(code).toBe(2);
      expect(err).not.toMatch(/ada/i);
    }
  });

  it("rejects what cannot be shown, and a missing key", async () => {
    const argv = ["--file", lines(bill), "--people"];
    expect((await runUsernames([...argv, "counts", "--explain", "1"])).err).toContain("requires --people names");
    expect((await runUsernames([...argv, "counts", "--format", "csv"])).err).toContain("--format csv lists users");
    expect((await runUsernames([...argv, "pseudonyms"])).err).toMatch(
      /PSEUDONYM_KEY must be a key .*pulumi config get/,
    );
    expect((await runUsernames([...argv, "none"])).err).toContain("expected one of names, counts, pseudonyms");
  });
});

describe("npm run usernames with --explain", () => {
  it("explains each step and collisions with other users, even if the report lists no users", async () => {
    const path = lines(bill, ada, other);
    const { out, code } = await runUsernames(["--file", path, "--explain", "ADA@example.com", "--list", "0"]);
    expect(code).toBe(1);
    expect(out).toContain('  1. Replace([userPrincipalName], , "(?<Suffix>@(.)*)", "Suffix", "", , )\n     = "ada"');
    expect(out).toContain('error: "ada" is also the name of ada@example.org.');
    expect((await runUsernames(["--file", path, "--explain", "1"])).code).toBe(0);
  });

  it("explains both compared mappings, as text and as JSON", async () => {
    const argv = ["--file", lines(bill), "--explain", bill.mail, "--compare-preset", "local-part-without-dots"];
    expect((await runUsernames(argv)).out).toMatch(
      /Current mapping[^]*Current name {4}"billgates"\nUser name {7}"bill\.gates"/,
    );
    const [found] = JSON.parse((await runUsernames([...argv, "--format", "json"])).out) as Explanation[];
    expect(found?.steps.at(-1)?.output).toBe("bill.gates");
    expect(found?.before?.steps.at(-1)?.output).toBe("billgates");
    expect(found?.row.findings.map(({ kind }) => kind)).toEqual(["renamed"]);
  });

  it("reports a user of --explain who does not exist", async () => {
    const path = lines(bill);
    const { code, err } = await runUsernames(["--file", path, "--explain", "nobody", "--explain", "1"]);
    expect(code).toBe(2);
    expect(err).toBe(`--explain nobody: no user of ${path} has this principal name, mail or object id.\n`);
  });
});
