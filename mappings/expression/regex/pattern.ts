import { RE2JS, RE2JSException } from "re2js";

/** Where a group, or the whole match, was found: offsets in code units. */
export interface Span {
  start: number;
  end: number;
}

/** A match: the whole first, then each group by its number; undefined for a group that took no part. */
export type Match = (Span | undefined)[] & { 0: Span };

/** A compiled .NET regular expression. */
export interface Pattern {
  /** The number of a group by its name, or undefined. */
  groupNumber(name: string): number | undefined;
  groupNames: readonly string[];
  groupCount: number;
  /** The first match at or after `from`. */
  search(input: string, from: number): Match | undefined;
}

/** Compiles a pattern. Throws RangeError (a sentence) for what cannot be run as .NET would. */
export function compilePattern(text: string): Pattern {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(text, RE2JS.LOOKBEHINDS);
  } catch (error) {
    if (error instanceof RE2JSException) throw new RangeError(error.message, { cause: error });
    throw error;
  }
  const names = compiled.namedGroups();
  const count = compiled.groupCount();
  return {
    groupNumber: (name) => names[name] ?? (/^\d+$/.test(name) && Number(name) <= count ? Number(name) : undefined),
    groupNames: Object.keys(names),
    groupCount: count,
    search(input, from) {
      const matcher = compiled.matcher(input);
      if (!matcher.find(from)) return undefined;
      const match: (Span | undefined)[] = [];
      for (let group = 0; group <= count; group += 1) {
        const start = matcher.start(group);
        match.push(start < 0 ? undefined : { start, end: matcher.end(group) });
      }
      return match as Match;
    },
  };
}
