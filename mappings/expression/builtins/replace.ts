import type { CallSite } from "../callsite";
import { compilePattern, type Match, type Pattern } from "../regex/pattern";
import { expand, parseReplacement, type Piece } from "../regex/replacement";
import type { AttributeLookup, Thunk } from "../value";

const SOURCE = 0;
const OLD = 1;
const PATTERN = 2;
const GROUP = 3;
const VALUE = 4;
const ATTRIBUTE = 5;
const TEMPLATE = 6;

/**
 * Replace: what it does is decided by which arguments are supplied, when the expression is compiled.
 * A literal "" for regexGroupName counts as not supplied (the quickstart's expressions have it, and mean the whole match), and so does
 * one for oldValue, regexPattern or template, which could never match; for replacementValue "" is a value like any other.
 */
export function replace(site: CallSite): Thunk {
  const given = (index: number): boolean =>
    site.supplied(index) && (index === VALUE || site.constantText(index) !== "");
  const combination = [OLD, PATTERN, GROUP, VALUE, ATTRIBUTE, TEMPLATE].filter(given).join();
  switch (combination) {
    case `${OLD},${VALUE}`:
      return replaceText(site, SOURCE, VALUE);
    case `${OLD},${TEMPLATE}`:
      return replaceText(site, TEMPLATE, SOURCE);
    case `${PATTERN},${VALUE}`:
      return replaceMatches(site);
    case `${PATTERN},${GROUP},${VALUE}`:
      return replaceGroup(site);
    case `${PATTERN},${GROUP},${ATTRIBUTE}`:
      return extract(site);
    default:
      return site.fail(
        "is given a combination of arguments that has no documented meaning; expected oldValue and replacementValue, " +
          "oldValue and template, regexPattern and replacementValue, regexPattern, regexGroupName and replacementValue, " +
          "or regexPattern, regexGroupName and replacementAttributeName",
      );
  }
}

/** Every oldValue in one text becomes the other: modes 1 (in the source) and 2 (in the template). */
function replaceText(site: CallSite, where: number, by: number): Thunk {
  const [text, old, value] = [site.text(where), site.text(OLD), site.text(by)];
  const source = site.text(SOURCE);
  return (lookup) => {
    const [within, sought] = [text(lookup), old(lookup)];
    if (within === null || source(lookup) === null) return null;
    if (sought === null || sought === "") return within;
    return within.replaceAll(sought, () => value(lookup) ?? "");
  };
}

/** Regex.Replace over the source: mode 3. */
function replaceMatches(site: CallSite): Thunk {
  const source = site.text(SOURCE);
  const pattern = patternOf(site);
  const value = site.text(VALUE);
  const constant = site.constantText(VALUE);
  const pieces = remember((replacement: string, compiled: Pattern) => parseReplacement(replacement, compiled));
  return (lookup) => {
    const text = source(lookup);
    if (text === null) return null;
    const compiled = pattern(lookup);
    const parts: Piece[] = pieces(constant ?? value(lookup) ?? "", compiled);
    return rewrite(text, compiled, (match) => expand(parts, text, match));
  };
}

/** Only what the group captured is replaced, the rest of each match stays: mode 4. */
function replaceGroup(site: CallSite): Thunk {
  const source = site.text(SOURCE);
  const pattern = patternOf(site);
  const [group, value] = [groupOf(site, pattern), site.text(VALUE)];
  return (lookup) => {
    const text = source(lookup);
    if (text === null) return null;
    const number = group(lookup);
    const by = value(lookup) ?? "";
    return rewrite(text, pattern(lookup), (match) => {
      const span = match[number];
      const [whole] = match;
      if (span === undefined) return text.slice(whole.start, whole.end);
      return text.slice(whole.start, span.start) + by + text.slice(span.end, whole.end);
    });
  };
}

/** The source where it has a value, else the group's part of another attribute: mode 5. Without a match nothing flows. */
function extract(site: CallSite): Thunk {
  const source = site.text(SOURCE);
  const pattern = patternOf(site);
  const group = groupOf(site, pattern);
  const name = site.constantText(ATTRIBUTE);
  const other = site.text(ATTRIBUTE);
  return (lookup) => {
    const text = source(lookup);
    if (text !== null && text !== "") return text;
    const searched = name === undefined ? other(lookup) : attribute(lookup, name);
    if (searched === null) return null;
    const span = pattern(lookup).search(searched, 0)?.[group(lookup)];
    return span === undefined ? null : searched.slice(span.start, span.end);
  };
}

/** replacementAttributeName in quotes is the attribute's name, in brackets its value. */
function attribute(lookup: AttributeLookup, name: string): string | null {
  const value = lookup(name);
  return typeof value === "string" ? value : null;
}

function patternOf(site: CallSite): (lookup: AttributeLookup) => Pattern {
  const build = (text: string): Pattern => {
    try {
      return compilePattern(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return site.fail(`cannot use its regexPattern: ${error.message}`, PATTERN);
    }
  };
  const constant = site.constantText(PATTERN);
  if (constant !== undefined) {
    const pattern = build(constant);
    return () => pattern;
  }
  const text = site.text(PATTERN);
  const built = remember(build);
  return (lookup) => built(text(lookup) ?? "", undefined);
}

function groupOf(site: CallSite, pattern: (lookup: AttributeLookup) => Pattern): (lookup: AttributeLookup) => number {
  const find = (name: string, compiled: Pattern): number =>
    compiled.groupNumber(name) ??
    site.fail(
      `names the group ${JSON.stringify(name)}, which its regexPattern lacks; it has ${compiled.groupNames.join(", ") || "no named groups"}`,
      GROUP,
    );
  const name = site.constantText(GROUP);
  if (name !== undefined && site.constantText(PATTERN) !== undefined) {
    const number = find(
      name,
      pattern(() => null),
    );
    return () => number;
  }
  const text = site.text(GROUP);
  return (lookup) => find(text(lookup) ?? "", pattern(lookup));
}

/** Keeps the last result: a pattern that comes from an attribute is mostly the same for every user. */
function remember<T, U>(make: (text: string, context: U) => T): (text: string, context: U) => T {
  let last: { text: string; context: U; made: T } | undefined;
  return (text, context) => {
    if (last?.text !== text || last.context !== context) last = { text, context, made: make(text, context) };
    return last.made;
  };
}

/** Replaces each match, going on after it, or one further when it was empty, as .NET does. */
function rewrite(text: string, pattern: Pattern, by: (match: Match) => string): string {
  let result = "";
  let copied = 0;
  let from = 0;
  while (from <= text.length) {
    const match = pattern.search(text, from);
    if (match === undefined) break;
    const { start, end } = match[0];
    result += text.slice(copied, start) + by(match);
    copied = end;
    from = end > start ? end : end + 1;
  }
  return result + text.slice(copied);
}
