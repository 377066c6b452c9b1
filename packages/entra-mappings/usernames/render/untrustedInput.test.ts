import { parse as parseCsv } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { untrustedStrings } from "../../testing/untrustedStrings";
import { compile } from "../../expression/compile";
import { createReport } from "../report";
import type { UsernameReport } from "../reportTypes";
import { renderCsv } from "./csv";
import { renderHtml } from "./html";
import { renderMarkdown } from "./markdown";
import { renderTable } from "./table";

/** Names that a user who may name users and groups could choose. Other users read the report. */
const texts = untrustedStrings.map(({ text }) => text).filter((text) => text.length < 10_000);

function report(names: readonly string[]): UsernameReport {
  const made = createReport({
    mapping: compile("[displayName]"),
    currentExpression: compile("[mailNickname]"),
    domains: ["corp.com"],
    maxDetails: Infinity,
    about: { source: names[0] ?? "", [names[0] ?? ""]: "x" },
  });
  for (const name of names) {
    // Two users per name, so that each name collides and appears in the other user's reason.
    for (const twin of ["a", "b"]) {
      made.add({
        userPrincipalName: `${name}@${twin}.example`,
        mail: name,
        displayName: name,
        mailNickname: `${name}x`,
      });
    }
    made.add({ userPrincipalName: `nested-${name}@c.example`, displayName: name }, name);
    made.addNestedGroup({ name, parent: name });
  }
  return made.finish();
}

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe(`reports with ${texts.length} untrusted names`, () => {
  it("the table keeps untrusted names in their cells and escapes terminal control characters", () => {
    for (const line of renderTable(report(texts)).split("\n")) {
      expect(line).not.toMatch(unseen);
      expect(line.length).toBeLessThan(5000);
    }
  });

  it("the Markdown report renders untrusted names as text without links, mentions, references, markup or rows", () => {
    for (const text of texts) {
      const markdown = renderMarkdown(report([text]));
      for (const line of markdown.split("\n")) expect(line, JSON.stringify(text)).not.toMatch(unseen);
      // In CommonMark, a code span ends at a run of backticks as long as the opening run.
      const outside = markdown.replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "C");
      expect(outside, JSON.stringify(text)).not.toMatch(
        /https?:|javascript:|@|#\d|\]\(|<(?!br>|\/?details>|\/?summary>)|`/,
      );
      for (const line of outside.split("\n").filter((one) => one.startsWith("|"))) {
        expect(line.replaceAll("\\|", ""), JSON.stringify(text)).toMatch(/^(\| [^|]* )+\|$/);
      }
    }
  });

  it("the Markdown report stays below GitHub's comment limit when many names are long", () => {
    const long = Array.from({ length: 100 }, (_, index) => `${"|`<😀".repeat(2000)}${index}`);
    const markdown = renderMarkdown(report(long));
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown).toContain("more.");
    expect(markdown).not.toMatch(/\p{Cs}/u);
  });

  it("the HTML page renders untrusted names as text", () => {
    const html = renderHtml(report(texts));
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    const [markup = "", data = ""] = html.split('<script type="application/json" id="report">');
    expect(markup).not.toMatch(/<(img|svg|b|a)\b|<!--|-->|\]\]>/);
    expect(markup.replace(/<style>.*<\/style>/s, "").replaceAll("\n", "")).not.toMatch(unseen);
    // The embedded data contains the exact names.
    const read = JSON.parse(data.split("</script>")[0] ?? "") as { users: { displayName: string }[] };
    expect(new Set(read.users.map(({ displayName }) => displayName).filter(Boolean))).toEqual(new Set(texts));
  });

  it("the CSV file contains the exact names and no formula", () => {
    const rows = parseCsv<{ displayName: string }>(renderCsv(report(texts)), { columns: true });
    const names = rows.map(({ displayName }) => displayName).filter((name) => name !== "");
    for (const name of names) expect(name).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
    const led = /^'(?='*[=+\-@\t\r\n＝＋－＠])/;
    // The file is written as UTF-8, which replaces unpaired surrogates.
    const written = texts.map((text) => Buffer.from(text).toString());
    expect(new Set(names.map((name) => name.replace(led, "")))).toEqual(new Set(written));
  });
});
