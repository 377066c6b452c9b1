import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(__dirname, "../../..");

/** Runs the command with unmodified standard input and returns its parsed output lines. */
function answers(input: string | Buffer): unknown[] {
  const args = [join(root, "packages/cli/bin/smallstep-ssh.js"), "mapping"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, input, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout.endsWith("\n")).toBe(true);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

const asked: [line: unknown, answer: unknown][] = [
  [{ expression: 'Append([a], "!")', input: { a: "zoë" } }, { output: "zoë!" }],
  [{ expression: "[a]", input: { a: null } }, { output: null }],
  [{ expression: "[a]", input: {} }, { output: null }],
  [{ expression: "[a]" }, { output: null }],
  [{ expression: "[a]", input: { a: ["x", 7, true] } }, { output: ["x", "7", "True"] }],
  [{ expression: "IsPresent([a])", input: { a: false } }, { output: "True" }],
  [{ expression: "Len([a])", input: { a: 42568.75 } }, { output: "8" }],
  // More digits than a double can represent.
  ['{"expression": "[a]", "input": {"a": 9223372036854775807}}', { output: "9223372036854775807" }],
  ['{"expression": "DateFromNum([a])", "input": {"a": 129699324000000001}}', { output: "1/1/2012 11:00:00 PM" }],
  [{ expression: "Now()", now: "2025-07-30T08:00:00+02:00" }, { output: "7/30/2025 6:00:00 AM" }],
  [
    { expression: 'Join("@", [a], DefaultDomain())', input: { a: "x" }, defaultDomain: "example.com" },
    { output: "x@example.com" },
  ],
  ["{not json", { error: { message: expect.stringMatching(/^The line is not JSON: /), position: 0 } }],
  ["", { error: { message: expect.stringMatching(/^The line is not JSON: /), position: 0 } }],
  ["[1]", { error: { message: expect.stringMatching(/^The line is not an object; expected /), position: 0 } }],
  [{ input: {} }, { error: { message: "The property expression is missing or not a string.", position: 0 } }],
  [
    { expression: "[a]", input: ["a"] },
    { error: { message: "The property input is not an object of attributes.", position: 0 } },
  ],
  [
    { expression: "[a]", input: { a: { b: 1 } } },
    { error: { message: expect.stringMatching(/^The input a is not a string, /), position: 0 } },
  ],
  [
    { expression: "Now()", now: "yesterday" },
    { error: { message: expect.stringMatching(/^The property now is not a date and time; /), position: 0 } },
  ],
  [
    { expression: "ToLower(Append([a], Nope([b])))", input: {} },
    { error: { message: expect.stringMatching(/^The function Nope does not exist/), position: 20 } },
  ],
  ["[".repeat(100_000), { error: { message: "The line is not JSON: it is nested too deeply.", position: 0 } }],
  [{ expression: "Guid()" }, { error: { message: expect.stringMatching(/^Guid cannot be previewed: /), position: 0 } }],
  [{ expression: 'Left([a], "x")', input: { a: "b" } }, { error: { message: expect.any(String), position: 10 } }],
  [{ expression: "[last]", input: { last: "one" } }, { output: "one" }],
];

describe("npm run mapping", () => {
  it("answers lines in order and continues after an invalid line", () => {
    const lines = asked.map(([line]) => (typeof line === "string" ? line : JSON.stringify(line)));
    expect(answers(`${lines.join("\n")}\n`)).toEqual(asked.map(([, answer]) => answer));
  });

  it("accepts a byte order mark and CRLF line ends, as Windows programs write them", () => {
    const line = JSON.stringify({ expression: "[a]", input: { a: "b" } });
    expect(answers(`\ufeff${line}\r\n${line}`)).toEqual([{ output: "b" }, { output: "b" }]);
  });

  it("rejects a line of 50 MB and answers the next line", () => {
    const long = JSON.stringify({ expression: "[a]", input: { a: "x".repeat(50_000_000) } });
    const next = JSON.stringify({ expression: "[a]", input: { a: "b" } });
    expect(answers(`${long}\n${next}`)).toEqual([
      { error: { message: "The line is longer than 1048576 characters; give shorter attribute values.", position: 0 } },
      { output: "b" },
    ]);
  });
});
