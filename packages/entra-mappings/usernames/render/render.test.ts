import fc from "fast-check";
import { parse as parseCsv } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { compile } from "../../expression/compile";
import { escapeInvisible } from "../../escapeInvisible";
import { createReport } from "../report";
import type { UsernameReport } from "../reportTypes";
import type { DirectoryUser } from "../user";
import { csvLines, renderCsv } from "./csv";
import { renderHtml } from "./html";
import { renderMarkdown } from "./markdown";
import { summaryLine } from "./summary";
import { renderTable } from "./table";
import { codeSpan, csvField, htmlText } from "./text";

const mapping = compile('Replace([userPrincipalName], , "@.*", , "", , )');
const malicious = '"><script>alert(1)</script>|`x`\u001b[31m\r\n=cmd()@team';

function report(users: readonly DirectoryUser[], maxDetails = 200, compare = false): UsernameReport {
  const made = createReport({
    mapping,
    maxDetails,
    about: { expression: 'Replace([userPrincipalName], , "@.*", , "", , )' },
    ...(compare ? { currentExpression: compile("[mailNickname]") } : {}),
  });
  for (const user of users) made.add(user);
  made.addNestedGroup({ name: "contractors", parent: "ssh" });
  return made.finish();
}

const users: DirectoryUser[] = [
  { userPrincipalName: "bill@a.example", mail: "bill@a.example", mailNickname: "bgates" },
  { userPrincipalName: "Bill@b.example", mail: "bill@b.example", mailNickname: "Bill" },
  { userPrincipalName: "ann@a.example", mail: "ann@a.example", mailNickname: "ann" },
  { userPrincipalName: "lee@a.example", mail: null, mailNickname: "lee" },
  { userPrincipalName: `${malicious}@a.example`, mail: "x@a.example", displayName: malicious, mailNickname: malicious },
];

describe("summaryLine", () => {
  it("summarizes users, findings and nested groups in one line", () => {
    expect(summaryLine(report(users))).toBe(
      "5 users: 1 without findings, 4 with errors (name collision 2, invalid name 1, no mail 1, not a principal 2), " +
        "1 nested group never provisioned.",
    );
    expect(summaryLine(createReport({ mapping }).finish())).toBe("0 users: 0 without findings.");
  });
});

describe("the CSV report", () => {
  it("writes one CSV line per user", () => {
    const rows = parseCsv<object>(renderCsv(report(users.slice(0, 4), 200, true)), { columns: true });
    expect(rows).toHaveLength(4);
    expect(rows[3]).toMatchObject({ user: "lee@a.example", name: "lee", before: "lee", findings: "noMail" });
    expect(rows[1]).toMatchObject({
      user: "ann@a.example",
      name: "ann",
      grade: "safe",
      findings: "",
      reasons: "",
    });
  });

  it("lists all users of a collision in CSV when details were not kept", () => {
    const users = Array.from({ length: 5 }, (_, n) => ({ userPrincipalName: `bill@d${n}.example`, mail: "bill@x" }));
    const made = createReport({ mapping, alwaysInclude: ({ userPrincipalName }) => userPrincipalName === "x" });
    for (const user of users) made.add(user);
    const rows = parseCsv<{ user: string; findings: string }>(renderCsv({ ...made.finish(), users: [] }), {
      columns: true,
    });
    expect(rows.map(({ user }) => user).sort()).toEqual(users.map(({ userPrincipalName }) => userPrincipalName));
    for (const { findings } of rows) expect(findings).toContain("collision");
  });

  it("keeps any text in one CSV field and neutralizes formulas", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(..."a,\"'\r\n=+-@;\t ü") }), { minLength: 2 }),
        (texts) => {
          const line = texts.map(csvField).join(",");
          const [fields = []] = parseCsv(line + "\r\n", {
            relax_column_count: true,
            skip_empty_lines: false,
          });
          expect(fields.map((field) => field.replace(/^'(?='*[=+\-@\t\r\n])/, ""))).toEqual(texts);
          for (const field of fields) expect(field).not.toMatch(/^[=+\-@\t\r\n]/);
        },
      ),
    );
  });

  it("ends CSV lines with CRLF as RFC 4180 requires", () => {
    for (const line of csvLines(report(users.slice(0, 2)))) expect(line.endsWith("\r\n")).toBe(true);
  });
});

describe("the Markdown report", () => {
  it("renders totals, collisions, renamed users and reasons as Markdown", () => {
    const text = renderMarkdown(report(users, 200, true));
    expect(text).toContain("### User names: 4 users with errors");
    expect(text).toContain("| error | name collision | 2 |");
    expect(text).toContain("| `bill` | `bill@a.example`, `Bill@b.example` |");
    expect(text).toContain("| `bill@a.example` | `bgates` | `bill` |");
    expect(text).toContain("| `contractors` | `ssh` |");
  });

  it("keeps untrusted names in their Markdown cells", () => {
    const text = renderMarkdown(report(users, 200, true));
    expect(text).not.toContain("\u001b");
    const outside = text.replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
    expect(outside).not.toMatch(/<script/);
    const tables = text.split("\n").filter((line) => line.startsWith("|"));
    for (const line of tables) expect(line.endsWith(" |")).toBe(true);
  });

  it("truncates long Markdown tables and reports the number of omitted rows", () => {
    const users = Array.from({ length: 80 }, (_, n) => ({ userPrincipalName: `u${n}@a.example` }));
    const text = renderMarkdown(report(users, 200), { rows: 10 });
    expect(text).toContain("... and 70 more.");
    expect(text.length).toBeLessThan(64_000);
  });

  it("writes a code span that its content cannot close", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a`|\n <"), minLength: 1 }), (text) => {
        const span = codeSpan(text);
        const fence = /^`+/.exec(span)?.[0] ?? "";
        const inner = span.slice(fence.length, -fence.length);
        expect(inner.match(/`+/g) ?? []).not.toContain(fence);
        expect(inner.replaceAll("\\|", "")).not.toContain("|");
        expect(span).not.toContain("\n");
      }),
    );
  });
});

describe("the terminal table", () => {
  it("renders columns, collisions and totals, with colour only when the option is set", () => {
    const plain = renderTable(report(users, 200, true));
    expect(plain).toContain("USER");
    expect(plain).toMatch(/bill@a\.example\s+bgates\s+bill\s+safe\s+"bill" is also the name of Bill@b\.example\./);
    expect(plain).toContain("bill: bill@a.example, Bill@b.example");
    expect(plain).not.toContain("\u001b");
    expect(renderTable(report(users), { colour: true })).toContain("\u001b[31m");
  });

  it("escapes terminal control characters in names", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        // eslint-disable-next-line no-control-regex
        expect(escapeInvisible(name)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      }),
    );
  });
});

describe("the HTML report", () => {
  it("renders no markup from names in HTML", () => {
    const html = renderHtml(report(users, 200, true));
    expect(html).not.toContain("<script>alert");
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    const data = /<script type="application\/json" id="report">(.*)<\/script>/.exec(html)?.[1] ?? "";
    expect((JSON.parse(data) as { users: unknown[] }).users).toHaveLength(5);
  });

  it("references no external resources in HTML", () => {
    const html = renderHtml(report(users));
    expect(html).not.toMatch(/\b(src|href)=/);
    expect(html).toContain("default-src 'none'");
  });

  it("escapes any text for HTML", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(htmlText(text)).not.toMatch(/[<>"']/);
      }),
    );
  });
});
