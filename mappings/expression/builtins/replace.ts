import { shown, type CallSite } from "../callsite";
import {
  extractor,
  groupNumber,
  groupReplacer,
  parsePattern,
  replacer,
  type Bounds,
  type ParsedPattern,
  type Replacer,
} from "../regex/pattern";
import { parseReplacement } from "../regex/replacement";
import type { AttributeLookup, Thunk } from "../value";

/** Products of lengths below this are not worth counting. */
const FREE = 65_536;
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
    const replacement = value(lookup) ?? "";
    // What the search may take, and what may come of it.
    const search = within.length * sought.length;
    if (search > FREE) site.spend(search / 16);
    if (within.length * replacement.length > FREE)
      site.chargeForLength((within.split(sought).length - 1) * replacement.length);
    return within.replaceAll(sought, () => replacement);
  };
}

/** Regex.Replace over the source: mode 3. */
function replaceMatches(site: CallSite): Thunk {
  const make = ({ pattern, value }: Arguments): Replacer =>
    replacer(
      pattern,
      parseReplacement(value, (name) => groupNumber(pattern, name)),
      bounds(site),
    );
  return replaceWith(site, make);
}

/** Only what the group captured is replaced, the rest of each match stays: mode 4. */
function replaceGroup(site: CallSite): Thunk {
  return replaceWith(site, ({ pattern, group, value }) =>
    groupReplacer(pattern, findGroup(site, pattern, group), value, bounds(site)),
  );
}

/** The source where it has a value, else the group's part of another attribute: mode 5. Without a match nothing flows. */
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

/** replacementAttributeName in quotes is the attribute's name, in brackets its value. */
function attribute(lookup: AttributeLookup, name: string): string | null {
  const value = lookup(name);
  return typeof value === "string" ? value : null;
}

/** What decides how a pattern is run. */
interface Arguments {
  pattern: ParsedPattern;
  group: string;
  value: string;
}

function replaceWith(site: CallSite, make: (given: Arguments) => Replacer): Thunk {
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
 * Makes the pattern ready when the expression is compiled, if pattern, group and value are literals, as they nearly always are.
 * Else when they are known, and again only when they change.
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

/** What a pattern may take, and what to say when it takes more. */
function bounds(site: CallSite): Bounds {
  return {
    budget: site.budget,
    onBudgetExceeded: (input) =>
      site.fail(
        `gave up on a value of ${input.length} characters, because its regexPattern tries too many ways to match; ` +
          "expected a simpler pattern, without back references in loops, or a shorter value",
        PATTERN,
      ),
  };
}

function findGroup(site: CallSite, pattern: ParsedPattern, name: string): number {
  const known = [...pattern.names.keys()].join(", ") || "no named groups";
  return (
    groupNumber(pattern, name) ??
    site.fail(`names the group ${shown(name)}, which its regexPattern lacks; it has ${known}`, GROUP)
  );
}
