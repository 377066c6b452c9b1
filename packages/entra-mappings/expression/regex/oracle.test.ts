/**
 * Compares our matcher with independent engines. Where .NET has the same semantics, they must return the same match and, without
 * loops around groups, the same captures.
 */
import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { Budget, MAX_STEPS } from "../budget";
import { keepGroups, nullable, some, type RegexNode } from "./ast";
import { longestWithin, searchCost } from "./cost";
import { Matcher } from "./matcher";
import { toNative } from "./native";
import { parsePattern } from "./parse";
import { toProgram } from "./program";
import { replacer } from "./pattern";

const ATOMS = ["a", "b", "c", "@", "\\.", ".", "[ab]", "[^a]", "[a-c]", "\\d", "1"];
const QUANTIFIERS = ["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{1,}"];

/** Patterns with constructs that all engines support. */
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
const input = fc.string({ unit: fc.constantFrom("a", "b", "c", "@", ".", "1"), maxLength: 12 });

function matchWithMatcher(node: RegexNode, groups: number, text: string, from = 0): (string | undefined)[] | undefined {
  const matcher = new Matcher(toProgram(node), text, groups, false);
  if (matcher.search(from) === undefined) return undefined;
  return Array.from({ length: groups + 1 }, (_, group) => {
    const [start, end] = [matcher.slots[2 * group] as number, matcher.slots[2 * group + 1] as number];
    return start < 0 ? undefined : text.slice(start, end);
  });
}

/** Detects a loop whose body can match the empty text. The engines differ here, each according to its documentation. */
const emptyLoop = (node: RegexNode): boolean =>
  some(node, (inner) => inner.type === "repeat" && inner.max > 0 && nullable(inner.body));
const groupInLoop = (node: RegexNode): boolean =>
  some(node, (inner) => inner.type === "repeat" && inner.max > 1 && some(inner.body, ({ type }) => type === "group"));

describe("the regular expression matcher", () => {
  it("finds the same matches as JavaScript", () => {
    fc.assert(
      fc.property(pattern, input, (source, text) => {
        const { node, numbers } = parsePattern(source);
        fc.pre(!emptyLoop(node));
        const expected = new RegExp(source.replaceAll("\\z", "$"), "s").exec(text);
        const found = matchWithMatcher(node, numbers.size, text);
        expect(found?.[0]).toBe(expected?.[0]);
        if (!groupInLoop(node)) expect(found).toEqual(expected === null ? undefined : [...expected]);
      }),
      { numRuns: 3000 },
    );
  });

  it("finds the same matches and captures as RE2", () => {
    fc.assert(
      fc.property(pattern, input, (source, text) => {
        const { node, numbers } = parsePattern(source);
        fc.pre(!emptyLoop(node));
        const expected = RE2JS.compile(source, RE2JS.DOTALL).exec(text);
        const found = matchWithMatcher(node, numbers.size, text);
        // RE2 keeps the capture of an earlier loop iteration, as .NET does.
        expect(found).toEqual(
          expected === null ? undefined : [...expected].map((group: unknown) => group ?? undefined),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("finds the same matches as the JavaScript expression that a pattern is converted to", () => {
    fc.assert(
      fc.property(pattern, input, (source, text) => {
        const { node } = parsePattern(source);
        const bare = keepGroups(node, new Set());
        const written = toNative(bare);
        fc.pre(written !== undefined);
        const expected = new RegExp(written?.source ?? "").exec(text);
        expect(matchWithMatcher(bare, 0, text)?.[0]).toBe(expected?.[0]);
      }),
      { numRuns: 3000 },
    );
  });

  it("replaces all matches as JavaScript does on the fast and on the slow path", () => {
    const bounds = { budget: new Budget(), onBudgetExceeded: (): never => expect.unreachable() };
    fc.assert(
      fc.property(pattern, input, fc.constantFrom("", "x", "$&$&", "<$1>"), (source, text, by) => {
        const parsed = parsePattern(source);
        fc.pre(!emptyLoop(parsed.node) && (by !== "<$1>" || (parsed.numbers.has(1) && !groupInLoop(parsed.node))));
        const pieces =
          { "": [], x: ["x"], "$&$&": [{ group: 0 }, { group: 0 }], "<$1>": ["<", { group: 1 }, ">"] }[by] ?? [];
        const expected = text.replace(new RegExp(source.replaceAll("\\z", "$"), "gs"), by);
        bounds.budget.left = MAX_STEPS;
        expect(replacer(parsed, pieces, bounds)(text)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it("needs no more steps than the cost estimate allows for JavaScript's engine", () => {
    // A matcher without memory must finish within the estimated steps for the maximum allowed length.
    fc.assert(
      fc.property(pattern, fc.constantFrom("a", "ab", "abc@", "aaaaaaa1"), (source, unit) => {
        const node = keepGroups(parsePattern(source).node, new Set());
        const budget = 20_000;
        const length = Math.min(200, longestWithin(searchCost(node), budget));
        fc.pre(length > 0);
        const text = unit.repeat(200).slice(0, length);
        const steps = new Budget();
        const matcher = new Matcher(toProgram(node), text, 0, true, steps);
        for (let from = 0; from <= length;) {
          const end = matcher.search(from);
          if (end === undefined) break;
          from = Math.max(end, from + 1);
        }
        expect(MAX_STEPS - steps.left).toBeLessThanOrEqual(3 * budget);
      }),
      { numRuns: 2000 },
    );
  });
});
