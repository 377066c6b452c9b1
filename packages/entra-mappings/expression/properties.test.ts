/** Properties that hold for every expression, every text and every user. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile, explain } from "./compile";
import { equivalent, normalize } from "./equivalent";
import { ExpressionError } from "./error";
import { MAXIMUM_LENGTH } from "./lexer";
import { parse } from "./parser";
import { print } from "./printer";
import { expressions, nearly, users } from "../testing/expressions";
import { slowExpressions, longValues, nest } from "../testing/slowExpressions";
import type { Argument } from "./ast";

const options = { now: () => new Date("2025-07-30T08:00:00Z"), defaultDomain: "example.com" };

/** Returns the tree without positions, which change with spacing. */
function bare(node: Argument): unknown {
  return JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === "position" ? undefined : value)));
}

/** Runs work that must return a value or throw an ExpressionError. */
function orExpressionError<T>(work: () => T): T | ExpressionError {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}

describe("printing and parsing", () => {
  it("parses a printed expression to the same tree", () => {
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

  it("normalizes expressions that differ in spacing to the same text", () => {
    fc.assert(
      fc.property(expressions, fc.constantFrom(" ", "\n", "\t ", "\u00a0"), (tree, space) => {
        const text = print(tree);
        // Add space outside strings and attributes only, because space inside them is significant.
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

  it("rejects an invalid text with an ExpressionError whose position is inside the text", () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: "binary", maxLength: 200 })), (text) => {
        const found = orExpressionError(() => parse(text));
        if (!(found instanceof ExpressionError)) {
          expect(normalize(print(found))).toBe(print(found));
          return;
        }
        expect(found.position).toBeGreaterThanOrEqual(0);
        expect(found.position).toBeLessThanOrEqual(text.length);
        expect(found.message).toMatch(/\S.*[.?]$/s);
        const [, pointer = ""] = found.caret().split("\n");
        expect(pointer.trimStart()).toBe("^");
      }),
      { numRuns: 5000 },
    );
  });
});

describe("evaluation", () => {
  it("evaluates any expression to a string, a list, null or an ExpressionError", () => {
    fc.assert(
      fc.property(expressions, users, (tree, user) => {
        const found = orExpressionError(() => compile(tree, options)((name) => user[name]));
        if (found instanceof ExpressionError) expect(found.message).toMatch(/\S.*[.?]$/s);
        else if (Array.isArray(found)) expect(found.every((item) => typeof item === "string")).toBe(true);
        else if (found !== null) expect(typeof found).toBe("string");
      }),
      { numRuns: 10_000 },
    );
  });

  it("evaluates an expression's text and its tree to the same result each time", () => {
    fc.assert(
      fc.property(expressions, users, (tree, user) => {
        const text = print(tree);
        fc.pre(text.length <= MAXIMUM_LENGTH);
        const lookup = (name: string) => user[name];
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

describe("slow expressions", () => {
  // `npm run bench -- expressions` measures the time, well under a second each. This test checks only that evaluation ends.
  it.each(Object.entries(slowExpressions))("ends the evaluation of: %s", { timeout: 20_000 }, (_, text) => {
    expect(text.length).toBeLessThanOrEqual(MAXIMUM_LENGTH);
    const found = orExpressionError(() => compile(text, options)((name) => longValues[name]));
    const ended =
      found instanceof ExpressionError || found === null || typeof found === "string" || Array.isArray(found);
    expect(ended).toBe(true);
  });

  it("ends a pattern that takes too long, and continues with the next user", () => {
    const evaluate = compile('Replace([a], , "(a+)+\\\\1b", , "", , )');
    expect(() => evaluate(() => "a".repeat(60))).toThrow(/stopped on a value of 60 characters.*takes too long/);
    expect(evaluate(() => "aab")).toBe("");
  });

  it("limits the time for all users together", { timeout: 20_000 }, () => {
    const evaluate = compile('Replace([a], , "(a+)+b", , "", , )');
    const start = performance.now();
    for (let user = 0; user < 1000; user++) expect(() => evaluate(() => "a".repeat(60))).toThrow(/takes too long/);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it("limits the time for all steps of an explanation together", { timeout: 20_000 }, () => {
    const slow = 'Replace([a], , "(a+)+b", , "", , )';
    const start = performance.now();
    const steps = explain(`Join("", ${Array.from({ length: 100 }, () => slow).join(", ")})`, () => "a".repeat(60));
    expect(steps.every(({ error }) => error?.includes("takes too long"))).toBe(true);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it("stops when the texts in an expression are too long", () => {
    const grown = nest("Replace(", ', "a", , , "aaaaaaaaaa", , )', "[a]");
    expect(() => compile(grown)(() => "a")).toThrow(
      /^Replace stopped, because the texts in this expression are too long/,
    );
    expect(compile("ToLower([a])")(() => "A".repeat(1_000_000))).toHaveLength(1_000_000);
  });
});
