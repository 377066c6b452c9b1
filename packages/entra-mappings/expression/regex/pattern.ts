import { StepsExhausted, type Budget } from "../budget";
import { keepGroups, referenced, some, type ParsedPattern, type RegexNode } from "./ast";
import { EVERYTHING, NOT_NEWLINE, single } from "./charset";
import { costAt, longestWithin, searchCost } from "./cost";
import { Matcher } from "./matcher";
import { toNative } from "./native";
import { toProgram, type Program } from "./program";
import { expand, type Match, type Piece } from "./replacement";

/** Maximum worst-case steps for JavaScript's own engine, which cannot be interrupted. */
const NATIVE_STEPS = 5_000_000;
/** Steps up to this number are not counted: an expression contains at most about a thousand patterns. */
const FREE_STEPS = 5_000;
/** Characters of replacements that are not counted, over all matches in a value. */
const FREE_GROWTH = 65_536;
/** Maximum input length for JavaScript's engine, whose stack is limited. */
const NATIVE_LENGTH = 50_000;

/** Returns the number of a group by its name or number, or undefined if it does not exist. */
export function groupNumber(pattern: ParsedPattern, name: string): number | undefined {
  const number = pattern.names.get(name);
  if (number !== undefined) return number;
  return /^\d+$/.test(name) && (Number(name) === 0 || pattern.numbers.has(Number(name))) ? Number(name) : undefined;
}

/** Replaces every match in a text. */
export type Replacer = (input: string) => string;

/** The limits for the work of a pattern. */
export interface Bounds {
  budget: Budget;
  /** Throws the error for a text whose matching needs too many steps. */
  onBudgetExceeded: (input: string) => never;
}

/**
 * Compiles the replacement of every match with the pieces. It uses the fastest equivalent method: a plain search for patterns that
 * truncate a text, JavaScript's engine for inputs with a low worst-case cost, and our own matcher otherwise.
 */
export function replacer(pattern: ParsedPattern, pieces: readonly Piece[], bounds: Bounds): Replacer {
  const node = keepGroups(pattern.node, wantedGroups(pattern, pieces));
  const slow = matching(node, pattern, bounds, (match, input) => expand(pieces, input, match));
  return cutting(node, pieces, slow) ?? native(node, pieces, slow, bounds) ?? slow;
}

/** Compiles the replacement of a group's capture in every match. The rest of the match stays. */
export function groupReplacer(pattern: ParsedPattern, group: number, by: string, bounds: Bounds): Replacer {
  const pieces = by === "" ? [] : [by];
  const node = keepGroups(pattern.node, new Set([group, ...referenced(pattern.node)]));
  if (group === 0) return replacer(pattern, pieces, bounds);
  const slow = matching(node, pattern, bounds, (match, input) => {
    const [whole] = match;
    const span = match[group];
    if (span === undefined) return input.slice(whole.start, whole.end);
    return input.slice(whole.start, span.start) + by + input.slice(span.end, whole.end);
  });
  if (referenced(node).length > 0) return slow;
  if (node.type === "group" && node.number === group) {
    return cutting(node.body, pieces, slow) ?? native(node.body, pieces, slow, bounds) ?? slow;
  }
  // A group inside a sequence: capture the parts before and after it, so that the replacement can restore them.
  const place =
    node.type === "sequence" ? node.items.findIndex((item) => item.type === "group" && item.number === group) : -1;
  if (node.type !== "sequence" || place < 0) return slow;
  const [before, after] = [node.items.slice(0, place), node.items.slice(place + 1)];
  if (some({ type: "sequence", items: [...before, ...after] }, ({ type }) => type === "group")) return slow;
  const kept: RegexNode = {
    type: "sequence",
    items: [
      { type: "group", number: 1, body: { type: "sequence", items: before } },
      (node.items[place] as { body: RegexNode }).body,
      { type: "group", number: 2, body: { type: "sequence", items: after } },
    ],
  };
  return native(kept, [{ group: 1 }, ...pieces, { group: 2 }], slow, bounds) ?? slow;
}

/** Returns a function that finds the first match and returns a group's capture; undefined without a match or a capture. */
export function extractor(
  pattern: ParsedPattern,
  group: number,
  bounds: Bounds,
): (input: string) => string | undefined {
  const node = keepGroups(pattern.node, new Set([group, ...referenced(pattern.node)]));
  const find = searcher(node, pattern, bounds);
  return (input) => {
    const span = orGiveUp(input, bounds, () => find(input)(0)?.[group]);
    return span === undefined ? undefined : input.slice(span.start, span.end);
  };
}

function orGiveUp<T>(input: string, bounds: Bounds, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StepsExhausted) return bounds.onBudgetExceeded(input);
    throw error;
  }
}

function wantedGroups(pattern: ParsedPattern, pieces: readonly Piece[]): Set<number> {
  const wanted = new Set(referenced(pattern.node));
  for (const piece of pieces) {
    if (typeof piece === "string") continue;
    if ("group" in piece) wanted.add(piece.group);
    else if (piece.part === "last") for (const number of pattern.numbers) wanted.add(number);
  }
  return wanted;
}

/** Compiles a search with our own matcher: for each input, a function that finds the first match at or after a position. */
function searcher(
  node: RegexNode,
  { numbers }: ParsedPattern,
  { budget }: Bounds,
): (input: string) => (from: number) => Match | undefined {
  const program: Program = toProgram(node);
  const groups = Math.max(0, ...numbers);
  const references = referenced(node).length > 0;
  return (input) => {
    const matcher = new Matcher(program, input, groups, references, budget);
    return (from) => {
      if (matcher.search(from) === undefined) return undefined;
      const match: Match[number][] = [];
      for (let group = 0; group <= groups; group += 1) {
        const [start, end] = [matcher.slots[2 * group] as number, matcher.slots[2 * group + 1] as number];
        match.push(start < 0 || end < 0 ? undefined : { start, end });
      }
      return match as Match;
    };
  };
}

/** Replaces each match. As in .NET, the search continues after the match, or one code unit later if the match was empty. */
function matching(
  node: RegexNode,
  pattern: ParsedPattern,
  bounds: Bounds,
  by: (match: Match, input: string) => string,
): Replacer {
  const find = searcher(node, pattern, bounds);
  const rewrite = (input: string): string => {
    const next = find(input);
    let result = "";
    let copied = 0;
    for (let from = 0; from <= input.length;) {
      const match = next(from);
      if (match === undefined) break;
      const { start, end } = match[0];
      const replacement = by(match, input);
      bounds.budget.chargeForLength(replacement.length);
      bounds.budget.spend(replacement.length);
      result += input.slice(copied, start) + replacement;
      copied = end;
      from = end > start ? end : end + 1;
    }
    return result + input.slice(copied);
  };
  return (input) => orGiveUp(input, bounds, () => rewrite(input));
}

/** Uses JavaScript's engine for inputs with a low worst-case cost, and the slow replacer for others. */
function native(node: RegexNode, pieces: readonly Piece[], slow: Replacer, { budget }: Bounds): Replacer | undefined {
  const cost = searchCost(node);
  // Each match adds the text of its pieces. The groups of one piece add at most the length of the input over all matches.
  const growth = pieces.reduce((sum, piece) => sum + (typeof piece === "string" ? piece.length : 1), 1);
  const limit = Math.min(NATIVE_LENGTH, longestWithin(cost, NATIVE_STEPS), FREE_GROWTH / growth);
  const free = longestWithin(cost, FREE_STEPS);
  const written = limit < 1 ? undefined : toNative(node);
  const template = written === undefined ? undefined : toTemplate(pieces, written.groups);
  if (written === undefined || template === undefined) return undefined;
  let regex: RegExp;
  try {
    regex = new RegExp(written.source, "g");
  } catch (error) {
    // The expression is too large for JavaScript's engine.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return (input) => {
    const { length } = input;
    if (length > free) {
      const steps = costAt(cost, length);
      if (length > limit || steps > budget.left) return slow(input);
      budget.left -= steps;
    } else if (length > limit) return slow(input);
    return input.replace(regex, template);
  };
}

/** Converts the pieces to a replacement string for String.replace, or returns undefined if that is not possible. */
function toTemplate(pieces: readonly Piece[], groups: readonly number[]): string | undefined {
  let template = "";
  for (const piece of pieces) {
    if (typeof piece === "string") template += piece.replaceAll("$", "$$$$");
    else if (!("group" in piece)) return undefined;
    else if (piece.group === 0) template += "$&";
    else {
      const place = groups.indexOf(piece.group) + 1;
      if (place < 1 || place > 99) return undefined;
      template += `$${String(place).padStart(2, "0")}`;
    }
  }
  return template;
}

/**
 * Optimizes a literal text followed by the rest of the line, such as `@(.)*`: the input is truncated there. This needs no regular
 * expression, so the mapping of a user principal name is as fast as hand-written JavaScript.
 */
function cutting(node: RegexNode, pieces: readonly Piece[], slow: Replacer): Replacer | undefined {
  if (node.type !== "sequence" || node.items.length < 2) return undefined;
  const rest = node.items.at(-1) as RegexNode;
  if (rest.type !== "repeat" || rest.min !== 0 || rest.max !== Infinity || rest.lazy || rest.body.type !== "set")
    return undefined;
  const { set } = rest.body;
  const lines = set === NOT_NEWLINE;
  if (!lines && set !== EVERYTHING) return undefined;
  let text = "";
  for (const item of node.items.slice(0, -1)) {
    const unit = item.type === "set" ? single(item.set) : undefined;
    if (unit === undefined) return undefined;
    text += String.fromCharCode(unit);
  }
  const [by = ""] = pieces;
  if (pieces.length > 1 || typeof by !== "string" || text.includes("\n")) return undefined;
  return (input) => {
    const at = input.indexOf(text);
    if (at < 0) return input;
    if (lines && input.indexOf("\n", at) >= 0) return slow(input);
    return by === "" ? input.slice(0, at) : input.slice(0, at) + by;
  };
}
