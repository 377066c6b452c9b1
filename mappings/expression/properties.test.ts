/** What must hold for every expression, every text and every user. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, equivalent, ExpressionError, MAXIMUM_LENGTH, normalize, parse, print, type InputValue } from ".";
import { expressions, nearly, users } from "./arbitraries";
import type { Argument } from "./ast";

const options = { now: () => new Date("2025-07-30T08:00:00Z"), defaultDomain: "example.com" };

/** The tree without its positions, which change with spacing. */
function bare(node: Argument): unknown {
  return JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === "position" ? undefined : value)));
}

/** Runs what may only end in a value or in an error of the language. */
function orExpressionError<T>(work: () => T): T | ExpressionError {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}

describe("printing and parsing", () => {
  it("gives the same tree again", () => {
    fc.assert(
      fc.property(expressions, (tree) => {
        const text = print(tree);
        fc.pre(text.length <= MAXIMUM_LENGTH);
        const again = orExpressionError(() => parse(text));
        if (again instanceof ExpressionError) throw again;
        expect(bare(again)).toEqual(bare(tree));
        expect(print(again)).toBe(text);
        expect(normalize(text)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("does not care for spacing", () => {
    fc.assert(
      fc.property(expressions, fc.constantFrom(" ", "\n", "\t ", "\u00a0"), (tree, space) => {
        const text = print(tree);
        // Spaces around what stands between texts and attributes only: those within belong to them.
        const spaced = text.replace(/"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[(),]/gs, (piece) =>
          piece.length === 1 ? `${space}${piece}${space}` : piece,
        );
        fc.pre(spaced.length <= MAXIMUM_LENGTH);
        expect(normalize(spaced)).toBe(text);
        expect(equivalent(spaced, text)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses what is no expression with a place in it, and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: "binary", maxLength: 200 })), (text) => {
        const found = orExpressionError(() => parse(text));
        if (!(found instanceof ExpressionError)) {
          expect(normalize(print(found))).toBe(print(found));
          return;
        }
        expect(found.position).toBeGreaterThanOrEqual(0);
        expect(found.position).toBeLessThanOrEqual(text.length);
        expect(found.message).toMatch(/\S.*[.]$/s);
        const [, pointer = ""] = found.caret().split("\n");
        expect(pointer.trimStart()).toBe("^");
      }),
      { numRuns: 5000 },
    );
  });
});

describe("evaluating", () => {
  it("gives a text, a list or nothing, or an error of the language", () => {
    fc.assert(
      fc.property(expressions, users, (tree, user) => {
        const found = orExpressionError(() => compile(tree, options)((name) => user[name] as InputValue));
        if (found instanceof ExpressionError) expect(found.message).toMatch(/\S.*[.]$/s);
        else if (Array.isArray(found)) expect(found.every((item) => typeof item === "string")).toBe(true);
        else if (found !== null) expect(typeof found).toBe("string");
      }),
      { numRuns: 10_000 },
    );
  });

  it("gives the same for the text as for the tree, and each time", () => {
    fc.assert(
      fc.property(expressions, users, (tree, user) => {
        const text = print(tree);
        fc.pre(text.length <= MAXIMUM_LENGTH);
        const lookup = (name: string) => user[name] as InputValue;
        const outcome = (given: typeof tree | string) => {
          const evaluator = orExpressionError(() => compile(given, options));
          if (evaluator instanceof ExpressionError) return [evaluator.message];
          return [1, 2].map(() => {
            const found = orExpressionError(() => evaluator(lookup));
            return found instanceof ExpressionError ? found.message : { found };
          });
        };
        const [first, second] = outcome(tree);
        expect(second ?? first).toEqual(first);
        expect(outcome(text)[0]).toEqual(first);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("texts of 10,000 characters", () => {
  const fill = (before: string, unit: string, after = ""): string => {
    const room = MAXIMUM_LENGTH - before.length - after.length;
    return before + unit.repeat(Math.floor(room / unit.length)) + after;
  };
  const nested = Math.floor(MAXIMUM_LENGTH / 14);
  const hostile: Record<string, string> = {
    "one long text": fill('ToLower("', "a", '")'),
    "text of escapes": fill('ToLower("', '\\"', '")'),
    "never closed": fill('ToLower("', "\\"),
    blanks: fill("Join(", ",", ")"),
    "many arguments": fill('Join(""', ",[a]", ")"),
    "deep nesting": "ToLower(".repeat(nested) + "[a]" + ")".repeat(nested),
    "open parentheses": fill("", "Join("),
    brackets: fill("", "["),
    quotes: fill("", '"'),
    spaces: fill("ToLower([a]", " ", ")"),
    "keys of a switch": fill('Switch([a], ""', ',"k","v"', ")"),
    "big alternation": fill('Replace([a], , "(', "a|", 'b)*$", , "", , )'),
    "groups in groups": `Replace([a], , "${"(".repeat(2000)}a${")*".repeat(2000)}", , "", , )`,
    "open groups": fill('Replace([a], , "', "(", '", , "", , )'),
    stars: fill('Replace([a], , "a', "*", '", , "", , )'),
    "optional runs": fill('Replace([a], , "', "a?", '", , "", , )'),
    "loops in a row": fill('Replace([a], , "', ".*", 'b", , "", , )'),
    "nested loops": 'Replace([a], , "(((a*)*)*)*b", , "", , )',
    "counted loops": 'Replace([a], , "(a{1,1000}){1,1000}b", , "", , )',
    "back reference": 'Replace([a], , "(a*)*\\\\1b", , "", , )',
    lookbehind: 'Replace([a], , "(?<=a*)a*b", , "", , )',
    growth: fill("", 'Replace([a], "a", , , "aaaaaaaaaa", , )'),
    doubling: `${"Join([a], [a], ".repeat(40)}[a]${")".repeat(40)}`,
  };
  const attributes: Record<string, string> = { a: "a".repeat(10_000) };

  it.each(Object.entries(hostile))("%s: an answer or an error, and soon", { timeout: 10_000 }, (_, text) => {
    expect(text.length).toBeLessThanOrEqual(MAXIMUM_LENGTH);
    const found = orExpressionError(() => compile(text, options)((name) => attributes[name]));
    expect(found instanceof ExpressionError || found === null || typeof found === "string").toBe(true);
  });
});
