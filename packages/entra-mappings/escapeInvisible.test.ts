import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { untrustedStrings } from "./testing/untrustedStrings";
import { escapedJson, truncate, escapeInvisible, visibleLines } from "./escapeInvisible";

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const any = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...untrustedStrings.map(({ text }) => text)));

describe("escapeInvisible", () => {
  it("escapes invisible characters and keeps ordinary text", () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(escapeInvisible(text)).not.toMatch(unseen);
      }),
    );
    for (const text of ["Bill Gates", "O'Brien", "Łukasz Żółć", "中文", "😀", "a b"])
      expect(escapeInvisible(text)).toBe(text);
    expect(escapeInvisible("a\u202eb\u001b[0m\ud800")).toBe("a\\u{202e}b\\u{1b}[0m\\u{d800}");
  });

  it("keeps the line breaks of a message when escaping several lines", () => {
    expect(visibleLines("a\r\nb\u0007\nc")).toBe("a\nb\\u{7}\nc");
  });
});

describe("truncate", () => {
  it("truncates a text to the given length without splitting a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 4, max: 20 }), (text, most) => {
        const cut = truncate(text, most);
        expect(cut.length).toBeLessThanOrEqual(Math.max(most, text.length <= most ? text.length : 0));
        if (!/\p{Cs}/u.test(text)) expect(cut).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});

describe("escapedJson", () => {
  it("escapes invisible characters in JSON that parses to the original value", () => {
    fc.assert(
      fc.property(fc.dictionary(any, any), (value) => {
        const text = escapedJson(value);
        expect(text.replaceAll("\n", "")).not.toMatch(unseen);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });
});
