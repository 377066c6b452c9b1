import { StepsExhausted, type Budget } from "../budget";
import type { Piece } from "./replacement";
import type { Pattern, Translation } from "./translate";
import { longestWithin, stepsFor } from "./work";

/** Maximum worst-case steps without a time limit, which takes longer to set than most patterns take to match. */
const UNTIMED_STEPS = 5_000_000;
/** Steps up to this number are not counted: an expression contains at most about a thousand patterns. */
const FREE_STEPS = 5000;
/** Characters of replacements that are not counted, over all matches in a value. */
const FREE_GROWTH = 65_536;

/** Computes a text, or nothing, from an input. */
export type Rewriter<T extends string | undefined = string> = (input: string) => T;

/** The limits for the work of a pattern. */
export interface Bounds {
  budget: Budget;
  /** Throws the error for a text whose matching takes too long. */
  onBudgetExceeded: (input: string) => never;
}

/** Compiles the replacement of every match with the pieces. */
export function replacer(pattern: Pattern, pieces: readonly Piece[], bounds: Bounds): Rewriter {
  const wanted = pieces.flatMap((piece) => (typeof piece !== "string" && "group" in piece ? piece.group : []));
  const translation = pattern.translate(new Set(wanted));
  const regex = compileRegex(translation, "g");
  const { budget } = bounds;
  const expand = (...match: readonly (string | number)[]): string => {
    const [input, offset] = [match.at(-1) as string, match.at(-2) as number];
    let text = "";
    for (const piece of pieces) {
      if (typeof piece === "string") text += piece;
      else if ("group" in piece) text += match[placeOf(translation, piece.group, match)] ?? "";
      else if (piece.part === "input") text += input;
      else if (piece.part === "before") text += input.slice(0, offset);
      else text += input.slice(offset + (match[0] as string).length);
    }
    budget.chargeForLength(text.length);
    budget.spend(text.length);
    return text;
  };
  const [by = "", ...others] = pieces;
  if (typeof by !== "string" || others.length > 0)
    return withinLimits(translation, bounds, (input) => input.replace(regex, expand));
  const template = by.replaceAll("$", "$$$$");
  const longest = FREE_GROWTH / (by.length + 1);
  const replace = withinLimits(translation, bounds, (input) =>
    input.length <= longest ? input.replace(regex, template) : input.replace(regex, expand),
  );
  return truncating(translation, by, replace) ?? replace;
}

/** Compiles the replacement of a group's capture in every match. The rest of the match stays. */
export function groupReplacer(pattern: Pattern, group: number, by: string, bounds: Bounds): Rewriter {
  const pieces = by === "" ? [] : [by];
  if (group === 0) return replacer(pattern, pieces, bounds);
  const translation = pattern.translate(new Set([group]));
  if (translation.enclosing === group) return replacer(pattern, pieces, bounds);
  const regex = compileRegex(translation, "dg");
  return withinLimits(translation, bounds, (input) => {
    let result = "";
    let copied = 0;
    for (const match of input.matchAll(regex)) {
      const span = match.indices?.[placeOf(translation, group, match)];
      if (span === undefined) continue;
      const [start, end] = span;
      bounds.budget.spend(by.length);
      result += input.slice(copied, start) + by;
      copied = end;
    }
    return result + input.slice(copied);
  });
}

/** Returns a function that finds the first match and returns a group's capture; undefined without a match or a capture. */
export function extractor(pattern: Pattern, group: number, bounds: Bounds): Rewriter<string | undefined> {
  const translation = pattern.translate(new Set([group]));
  const regex = compileRegex(translation, "");
  return withinLimits(translation, bounds, (input) => {
    const match = regex.exec(input);
    return match?.[placeOf(translation, group, match)];
  });
}

function compileRegex({ source }: Translation, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RangeError("it is too large to be previewed", { cause: error });
  }
}

/** Returns the place in the match of a .NET group: of its last capture if it occurs several times. */
function placeOf({ places }: Translation, group: number, match: readonly unknown[]): number {
  if (group === 0) return 0;
  const all = places.get(group) ?? [];
  return all.findLast((place) => match[place] !== undefined) ?? all[0] ?? -1;
}

/**
 * Bounds the work on each input: by the worst-case number of steps, which is exact enough for most patterns and values, otherwise by
 * time.
 */
function withinLimits<T extends string | undefined>(
  { work }: Translation,
  { budget, onBudgetExceeded }: Bounds,
  rewrite: Rewriter<T>,
): Rewriter<T> {
  const free = longestWithin(work, FREE_STEPS);
  return (input) => {
    try {
      if (input.length <= free) return rewrite(input);
      const steps = stepsFor(work, input.length);
      if (steps > UNTIMED_STEPS || steps > budget.left) return budget.limitTime(() => rewrite(input));
      budget.spend(steps);
      return rewrite(input);
    } catch (error) {
      if (error instanceof StepsExhausted) return onBudgetExceeded(input);
      throw error;
    }
  };
}

/**
 * Optimizes a literal text followed by the rest of the line, such as `@(.)*`: the input is truncated there. This needs no regular
 * expression, so the mapping of a user principal name is as fast as hand-written JavaScript.
 */
function truncating({ source }: Translation, by: string, replace: Rewriter): Rewriter | undefined {
  const literal = /^((?:[A-Za-z0-9]|\\u[0-9a-f]{4})+)\[\^\\n\]\*$/.exec(source)?.[1];
  if (literal === undefined) return undefined;
  const text = literal.replace(/\\u(.{4})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  return (input) => {
    const at = input.indexOf(text);
    if (at < 0) return input;
    // Faster than includes.
    if (input.indexOf("\n", at) >= 0) return replace(input);
    return by === "" ? input.slice(0, at) : input.slice(0, at) + by;
  };
}
