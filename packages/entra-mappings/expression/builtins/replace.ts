import { quoted, type CallSite } from "../callsite";
import { groupNumber } from "../regex/groups";
import { extractor, groupReplacer, replacer, type Bounds, type Rewriter } from "../regex/pattern";
import { parseReplacement } from "../regex/replacement";
import { parsePattern, type Pattern } from "../regex/translate";
import type { AttributeLookup, Thunk } from "../value";

/** Products of lengths up to this value are not counted. */
const FREE = 65_536;
const SOURCE = 0;
const OLD = 1;
const PATTERN = 2;
const GROUP = 3;
const VALUE = 4;
const ATTRIBUTE = 5;
const TEMPLATE = 6;

/**
 * Compiles Replace. The supplied arguments determine the mode, at compile time.
 * A literal "" for regexGroupName counts as not supplied: the quickstart's expressions use it for the whole match. So does a literal
 * "" for oldValue, regexPattern or template, which could never match. For replacementValue, "" is a normal value.
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
        "has no documented meaning for this combination of arguments; use oldValue and replacementValue, " +
          "oldValue and template, regexPattern and replacementValue, regexPattern, regexGroupName and replacementValue, " +
          "or regexPattern, regexGroupName and replacementAttributeName",
      );
  }
}

/** Replaces every oldValue with the other value: in the source (mode 1) or in the template (mode 2). */
function replaceText(site: CallSite, where: number, by: number): Thunk {
  const [text, old, value] = [site.text(where), site.text(OLD), site.text(by)];
  const source = site.text(SOURCE);
  return (lookup) => {
    const [within, sought] = [text(lookup), old(lookup)];
    if (within === null || source(lookup) === null) return null;
    if (sought === null || sought === "") return within;
    const replacement = value(lookup) ?? "";
    // Charge the worst-case cost of the search and the growth of the result.
    const search = within.length * sought.length;
    if (search > FREE) site.spend(search / 16);
    if (within.length * replacement.length > FREE)
      site.chargeForLength((within.split(sought).length - 1) * replacement.length);
    return within.replaceAll(sought, () => replacement);
  };
}

/** Replaces every match of the pattern in the source, as .NET's Regex.Replace does (mode 3). */
function replaceMatches(site: CallSite): Thunk {
  return replaceWith(site, ({ pattern, value }) => {
    const find = (name: string): number | undefined => groupNumber(pattern, name);
    return replacer(pattern, parseReplacement(value, find, Math.max(0, ...pattern.numbers)), bounds(site));
  });
}

/** Replaces the text that the group captured in every match and keeps the rest of the match (mode 4). */
function replaceGroup(site: CallSite): Thunk {
  return replaceWith(site, ({ pattern, group, value }) =>
    groupReplacer(pattern, findGroup(site, pattern, group), value, bounds(site)),
  );
}

/** Returns the source if it has a value, otherwise the group's match in another attribute (mode 5). Without a match, nothing flows. */
function extract(site: CallSite): Thunk {
  const source = site.text(SOURCE);
  const find = prepared(site, ({ pattern, group }) =>
    extractor(pattern, findGroup(site, pattern, group), bounds(site)),
  );
  const name = site.constantText(ATTRIBUTE);
  const other = site.text(ATTRIBUTE);
  return (lookup) => {
    const text = source(lookup);
    if (text !== null && text !== "") return text;
    const searched = name === undefined ? other(lookup) : attribute(lookup, name);
    if (searched === null) return null;
    const extractFrom = find.get(lookup);
    return extractFrom(searched) ?? null;
  };
}

/** Reads an attribute whose name is a string literal. In brackets, replacementAttributeName is the attribute's value instead. */
function attribute(lookup: AttributeLookup, name: string): string | null {
  const value = lookup(name);
  return typeof value === "string" ? value : null;
}

/** The arguments that a compiled pattern depends on. */
interface Arguments {
  pattern: Pattern;
  group: string;
  value: string;
}

function replaceWith(site: CallSite, make: (given: Arguments) => Rewriter): Thunk {
  const { ready, get } = prepared(site, make);
  // The source is the first argument.
  if (ready !== undefined) return site.ofText(ready);
  const source = site.text(SOURCE);
  return (lookup) => {
    const text = source(lookup);
    return text === null ? null : get(lookup)(text);
  };
}

/**
 * Compiles the pattern at compile time if pattern, group and value are literals, which is the usual case. Otherwise it compiles
 * the pattern during evaluation and keeps the result until one of the values changes.
 */
function prepared<T>(
  site: CallSite,
  make: (given: Arguments) => T,
): { ready?: T; get: (lookup: AttributeLookup) => T } {
  const places = [PATTERN, GROUP, VALUE];
  const build = ([pattern = "", group = "", value = ""]: string[]): T => {
    try {
      return make({ pattern: parsePattern(pattern), group, value });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return site.fail(`cannot use its regexPattern: ${error.message}`, PATTERN);
    }
  };
  if (places.every((place) => !site.supplied(place) || site.constantText(place) !== undefined)) {
    const ready = build(places.map((place) => site.constantText(place) ?? ""));
    return { ready, get: () => ready };
  }
  const texts = places.map((place) => site.text(place));
  let last: { key: string; made: T } | undefined;
  const get = (lookup: AttributeLookup): T => {
    const values = texts.map((text) => text(lookup) ?? "");
    const key = JSON.stringify(values);
    if (last?.key !== key) last = { key, made: build(values) };
    return last.made;
  };
  return { get };
}

/** Returns the step budget of a pattern and the error for an exhausted budget. */
function bounds(site: CallSite): Bounds {
  return {
    budget: site.budget,
    onBudgetExceeded: (input) =>
      site.fail(
        `stopped on a value of ${input.length} characters, because its regexPattern takes too long to match; ` +
          "use a simpler pattern without nested loops, or a shorter value",
        PATTERN,
      ),
  };
}

function findGroup(site: CallSite, pattern: Pattern, name: string): number {
  const known = [...pattern.names.keys()].join(", ") || "no named groups";
  return (
    groupNumber(pattern, name) ??
    site.fail(`refers to the group ${quoted(name)}, which its regexPattern does not define; it defines ${known}`, GROUP)
  );
}
