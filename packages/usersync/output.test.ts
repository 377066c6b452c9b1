import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { escapeOutput, oneLine, printable, redact, registerHeaders, registerSecret } from "./output";

describe("escapeOutput", () => {
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
});

it("keeps a value on one line", () => expect(oneLine`a ${"b\nc\u001b"} ${1}`).toBe("a b\\u{a}c\\u{1b} 1"));

describe("printable", () => {
  it("keeps the line breaks between lines and escapes those inside a line", () => {
    expect(printable(["one", "two\n  ##vso[x]"])).toBe("one\ntwo\\u{a}  \\u0023#vso[x]");
    expect(printable("::add-mask::x")).toBe("\\u003a:add-mask::x");
  });

  it("returns no active character and no command for any text", () => {
    const part = fc.oneof(
      fc.constantFrom("##vso[", "##[", "\n::", "\u001b", "\u202e", "\r"),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(printable(parts.join(""))).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|##(vso)?\[|^\s*::/iu);
      }),
    );
  });
});

describe("redact", () => {
  const secret = "p\"a+ss/w<ö> =&'%ord😀";
  const html = (text: string, entity: (character: string) => string) => text.replace(/[^a-z0-9]/giu, entity);
  const forms: [name: string, text: string][] = [
    ["plain", secret],
    ["JSON", JSON.stringify(secret).slice(1, -1)],
    ["JSON in JSON", JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    [
      "JSON of .NET",
      secret.replace(/[^a-z0-9 ]/gi, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`),
    ],
    ["URL", encodeURIComponent(secret)],
    ["URL in lower case", encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ["URL in a URL", encodeURIComponent(encodeURIComponent(secret))],
    ["form", new URLSearchParams({ x: secret }).toString().slice(2)],
    ["HTML, decimal", html(secret, (character) => `&#${character.codePointAt(0)};`)],
    ["HTML, hexadecimal", html(secret, (character) => `&#x${character.codePointAt(0)?.toString(16)};`)],
    [
      "HTML, named",
      secret.replace(
        /[&<>"']/g,
        (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c] ?? c,
      ),
    ],
    ["base64", Buffer.from(secret).toString("base64")],
    ["base64url", Buffer.from(secret).toString("base64url")],
  ];
  registerSecret(secret);

  it.each(forms)("redacts a secret in the form %s", (_, text) => {
    expect(redact(`a ${text} b`)).toBe("a [secret] b");
  });

  it("redacts a secret inside of other text in base64, up to the characters that the other text decides too", () => {
    for (const user of ["", "u", "us", "use"]) {
      for (const encoding of ["base64", "base64url"] as const) {
        const rest = redact(Buffer.from(`${user}:${secret}\n`).toString(encoding)).replace("[secret]", "");
        expect(rest.length).toBeLessThan(12);
      }
    }
  });

  it("redacts the longest secret first and keeps short words", () => {
    ["hush-hush", "hush", "ab"].forEach(registerSecret);
    expect(redact("hush-hush hush ab")).toBe("[secret] [secret] ab");
  });

  it("redacts the credentials of a request", () => {
    registerHeaders({ Authorization: "Bearer token-of-a-call", accept: "application/json" });
    registerHeaders({ authorization: `Basic ${Buffer.from("user:password-of-a-call").toString("base64")}` });
    expect(redact("token-of-a-call password-of-a-call application/json")).toBe("[secret] [secret] application/json");
  });

  it("redacts one of thousands of long secrets without the memory of thousands of patterns", async () => {
    vi.resetModules();
    const output = await import("./output.js");
    const token = (index: number) => Array.from({ length: 12 }, () => randomUUID()).join(".") + String(index);
    const tokens = Array.from({ length: 3000 }, (_, index) => token(index));
    for (const one of tokens) output.registerSecret(one);
    const before = process.memoryUsage().rss;
    expect(output.redact(`a ${encodeURIComponent(String(tokens[1234]))} b`)).toBe("a [secret] b");
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 ** 2);
  });

  it("redacts any secret that is encoded in any way, and changes no other text", () => {
    const encodings = [JSON.stringify, encodeURIComponent, (text: string) => Buffer.from(text).toString("base64")];
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 8 }), fc.constantFrom(...encodings), (text, encode) => {
        const one = `${text}-${"q".repeat(8)}`;
        registerSecret(one);
        expect(redact(encode(one))).not.toContain(encode(one).replace(/^"|"$/g, ""));
      }),
    );
    expect(redact("an ordinary line")).toBe("an ordinary line");
  });
});
