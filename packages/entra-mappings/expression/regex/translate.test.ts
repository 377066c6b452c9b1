/** The semantics of .NET's regular expressions, and a comparison of the translation with an independent engine. */
import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { compile } from "../compile";
import { quote } from "../printer";
import { parsePattern } from "./translate";

function replaceAll(pattern: string, replacement: string, text: string): unknown {
  return compile(`Replace([text], , ${quote(pattern)}, , ${quote(replacement)}, , )`)(() => text);
}

describe("Replace with a .NET pattern", () => {
  it.each<[meaning: string, pattern: string, replacement: string, text: string, result: string]>([
    ["numbers unnamed groups before named ones", "(?<n>a)(b)(c)", "$1$2$3", "abc", "bca"],
    ["skips explicit group numbers", "(?<2>a)(b)(c)", "$1$2$3", "abc", "bac"],
    ["reads the last capture of a group name", "(?<d>a)|(?<d>b)", "<${d}>", "ab", "<a><b>"],
    ["keeps the last capture of a loop", "(?:(a|b))+", "$1", "abab", "b"],
    ["keeps a reference to an unknown group as text", "(a)", "$2${x}$1", "a", "$2${x}a"],
    ["expands every substitution", "b", "[$&|$`|$'|$_|$$|$0]", "abc", "a[b|a|c|abc|$|b]c"],
    ["expands $+ to the group with the highest number", "(?<z>a)(b)", "$+", "ab", "a"],
    ["expands a group without a capture to the empty text", "(a)|b", "<$1>", "ab", "<a><>"],
    ["matches $ before a final line feed", "a$", "x", "a\n", "x\n"],
    ["matches $ only at the end", "a$", "x", "a\na", "a\nx"],
    ["matches \\Z before a final line feed", "a\\Z", "x", "a\n", "x\n"],
    ["matches \\z only at the end", "a\\z", "x", "a\n", "a\n"],
    ["matches ^ only at the start", "^a", "x", "a\na", "x\na"],
    ["matches ^ and $ at each line with m", "(?m)^a$", "x", "a\na\n", "x\nx\n"],
    ["ends a line at a line feed only", "(?m)a$", "x", "a\r\na", "a\r\nx"],
    ["matches \\A at the start even with m", "(?m)\\Aa", "x", "a\na", "x\na"],
    ["excludes only the line feed from .", ".", "x", "a\r\n\u2028", "xx\nx"],
    ["includes the line feed in . with s", "(?s).", "x", "a\n", "xx"],
    ["matches one code unit with .", "^.", "", "\u{1f600}a", "\ude00a"],
    ["replaces empty matches", "x*", "-", "ab", "-a-b-"],
    ["matches the empty text after a match", "[a-z]*", "x", "abc", "xx"],
    ["ignores case with i", "(?i)é[a-c]", "x", "ÉB", "x"],
    ["ends the option i with its group", "(?:(?i)a)b", "x", "AbaB", "xaB"],
    ["switches options off", "(?i:a(?-i)b)", "x", "AbAB", "xAB"],
    ["ignores case of the Kelvin sign but not of the dotless i", "(?i)[ki]", "x", "\u212aı", "xı"],
    ["ignores white space and comments with x", "(?x) a b # c\n c", "x", "abc", "x"],
    ["ignores comments", "a(?#b)c", "x", "ac", "x"],
    ["does not capture unnamed groups with n", "(?n)(a)(?<b>b)", "${b}$1", "ab", "bb"],
    ["matches digits of every script with \\d", "\\d", "x", "1٣", "xx"],
    ["matches letters, marks and connectors with \\w", "\\w", "x", "é_\u0301-", "xxx-"],
    ["matches the next line control with \\s", "\\s", "x", "\u0085\u00a0\u200b", "xx\u200b"],
    ["finds word boundaries of every script with \\b", "\\bé", "x", "éaé", "xaé"],
    ["counts the joiner as part of a word for \\b", "a\\b", "x", "a\u200d a", "a\u200d x"],
    ["negates a class with classes in it", "[^\\W_]", "x", "a_-é", "x_-x"],
    ["subtracts classes", "[a-z-[aeiou]]", "x", "abe", "axe"],
    ["reads ] at the start of a class as text", "[]a]", "x", "]ab", "xxb"],
    ["reads \\b in a class as backspace", "[\\b]", "x", "a\b", "ax"],
    ["matches categories and blocks", "\\p{Lu}|\\p{IsGreek}|[\\P{L}]", "x", "Aaα1", "xaxx"],
    ["reads octal, hexadecimal, Unicode and control escapes", "\\101\\x42\\u0043\\cA", "x", "ABC\u0001", "x"],
    ["reads \\1 as a reference and \\12 as octal", "(a)\\1\\12", "x", "aa\n", "x"],
    ["finds a named reference before a digit", "(?<n>a)\\k<n>0", "x", "aa0", "x"],
    ["never backtracks into an atomic group", "(?>a*)ab|b", "x", "aab", "aax"],
    ["looks ahead and behind", "(?<=a)b(?=c)|(?<!a)d(?!c)", "x", "abcad dc d", "axcad dc x"],
    ["matches a lookbehind of any length", "(?<=a+)b", "x", "aab", "aax"],
    ["reads a brace that starts no quantifier as text", "a{,2}{x", "x", "a{,2}{x", "x"],
    ["prefers the first alternative", "a|ab", "x", "ab", "xb"],
    ["repeats a body that can be empty", "(?:a*b?)*c", "x", "aabac", "x"],
  ])("%s: %s", (_, pattern, replacement, text, result) => {
    expect(replaceAll(pattern, replacement, text)).toBe(result);
  });

  it.each<[pattern: string, message: RegExp]>([
    ["(?<a-b>x)", /uses a balancing group \(\?<a-b>, which cannot be previewed \(at character 3 of/],
    ["a(?(b)c|d)", /uses a conditional group/],
    ["\\Ga", /uses \\G/],
    ["a++", /a quantifier after a quantifier/],
    ["(?r)a", /sets an option r; \.NET supports i, m, n, s and x/],
    ["(a)?\\1", /refers to the group 1, which may have no capture here/],
    ["(?i)(a)\\1", /a back reference with the option i/],
    ["(?<=(a)\\1)", /may have no capture here/],
    ["(?<=(?>a))", /an atomic group in a lookbehind/],
    ["(?:a??)*", /a loop that prefers to match the empty text.*at character 1 of/],
    ["(a*)*\\1", /uses the capture of a group in a loop/],
    ["\\p{IsKlingon}", /uses \\p\{IsKlingon\}/],
    ["\\2", /refers to a group 2 that does not exist/],
    ["[b-a]", /a range whose end is less than its start/],
    ["(a", /has a \( without a closing \)/],
    ["\\y", /an escape \\y, which \.NET does not support/],
  ])("rejects %s by name", (pattern, message) => {
    expect(() => replaceAll(pattern, "", "")).toThrow(message);
  });

  it("rejects a capture that a loop can skip only if the capture is used", () => {
    expect(replaceAll("(?:(a)|b)+", "x", "ab")).toBe("x");
    expect(() => replaceAll("(?:(a)|b)+", "$1", "ab")).toThrow(/uses the capture of a group in a loop/);
  });

  it("replaces only the capture of a group", () => {
    const replaceGroup = compile('Replace([text], , "(?<a>\\\\d+) (?<b>\\\\w+)", "b", "$&", , )');
    expect(replaceGroup(() => "1 a, 2 b.")).toBe("1 $&, 2 $&.");
  });
});

const ATOMS = ["a", "b", "c", "@", "\\.", ".", "[ab]", "[^a]", "[a-c]", "\\d", "1"];
const QUANTIFIERS = ["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{1,}"];

/** Patterns with constructs that both engines support. */
const { pattern } = fc.letrec<{ pattern: string; sequence: string; piece: string; atom: string }>((tie) => ({
  pattern: fc.array(tie("sequence"), { minLength: 1, maxLength: 2 }).map((options) => options.join("|")),
  sequence: fc
    .tuple(fc.constantFrom("", "", "^"), fc.array(tie("piece"), { maxLength: 4 }), fc.constantFrom("", "", "\\z"))
    .map(([start, pieces, end]) => start + pieces.join("") + end),
  piece: fc.tuple(tie("atom"), fc.constantFrom(...QUANTIFIERS)).map(([atom, quantifier]) => atom + quantifier),
  atom: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...ATOMS),
    tie("pattern").map((inner) => `(${inner})`),
    tie("pattern").map((inner) => `(?:${inner})`),
  ),
}));

describe("the translation", () => {
  it("finds the same matches and captures as RE2, or rejects the pattern", () => {
    const input = fc.string({ unit: fc.constantFrom("a", "b", "c", "@", ".", "1"), maxLength: 12 });
    let translated = 0;
    fc.assert(
      fc.property(pattern, input, (source, text) => {
        // RE2 keeps the capture of an earlier loop iteration, as .NET does.
        const { numbers, translate } = parsePattern(source);
        let translation;
        try {
          translation = translate(numbers);
        } catch {
          return;
        }
        translated++;
        const expected = RE2JS.compile(source).exec(text);
        const found = new RegExp(translation.source).exec(text);
        expect(found === null ? null : [...found]).toEqual(
          expected === null ? null : [...expected].map((group: unknown) => group ?? undefined),
        );
      }),
      { numRuns: 3000 },
    );
    expect(translated).toBeGreaterThan(500);
  });
});
