import fc from "fast-check";
import { expect, it } from "vitest";
import { createTerminal, escapeOutput, oneLine } from "./terminal";

it.each([
  ["a control sequence of a terminal", "a\u001b[2Jb", "a\\u001b[2Jb"],
  ["a carriage return that overwrites a line", "a\rb", "a\\u000db"],
  ["a bidirectional mark", "a\u202eb", "a\\u202eb"],
  ["a character outside the basic plane", "a\u{e0041}b", "a\\udb40\\udc41b"],
  ["a command of Azure Pipelines", "x ##vso[task.setvariable]y", "x \\u0023#vso[task.setvariable]y"],
  ["a command of Azure Pipelines in upper case", "##VSO[x]", "\\u0023#VSO[x]"],
  ["a formatting command", "##[error]x", "\\u0023#[error]x"],
  ["a command of GitHub Actions", "a\n  ::add-mask::x", "a\n  \\u003a:add-mask::x"],
])("escapes %s", (_, text, escaped) => expect(escapeOutput(text)).toBe(escaped));

it("keeps line ends, tabs, Markdown headings and other text", () => {
  const text = "## Heading\r\n- a::b\t@\u200bada\n| `x` | é 日本 |\n";
  expect(escapeOutput(text)).toBe(text);
});

it("keeps the value of every JSON text", () => {
  const hostile = fc.constantFrom("##vso[x]", "##[error]", "::set-env::", "\u001b[31m", "\u202e", "\n", '"', "\\");
  const value = fc.array(fc.oneof(hostile, fc.string({ unit: "binary" }))).map((parts) => parts.join(""));
  fc.assert(
    fc.property(value, (one) => void expect(JSON.parse(escapeOutput(JSON.stringify([one], null, 2)))).toEqual([one])),
  );
});

it("writes colours and clears lines only where the terminal supports them", async () => {
  let [out, err] = ["", ""];
  const streams = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const capable = createTerminal(streams, { colour: true, interactive: true });
  await capable.write("\u001b[32mok\u001b[39m \u001b[2J\n", 3);
  capable.writeError("\r\u001b[K5 users\u001b[K");
  expect(out).toBe("\u001b[3A\u001b[0J\u001b[32mok\u001b[39m \\u001b[2J\n");
  expect(err).toBe("\r\u001b[K5 users\\u001b[K");
  [out, err] = ["", ""];
  const plain = createTerminal(streams, { colour: false, interactive: false });
  await plain.write("\u001b[32mok");
  plain.writeError("\r\u001b[K5 users");
  expect([out, err]).toEqual(["\\u001b[32mok", "\\u000d\\u001b[K5 users"]);
});

it("keeps a value on one line", () => expect(oneLine`a ${"b\nc\u001b"} ${1}`).toBe("a b\\u{a}c\\u{1b} 1"));
