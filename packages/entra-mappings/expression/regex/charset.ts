/**
 * A set of UTF-16 code units. .NET's regular expressions match one code unit at a time; a character beyond U+FFFF has two.
 * A set is a flat list of sorted ranges: [first, last, first, last, ...].
 */
export type CharSet = readonly number[];

const LAST = 0xffff;

export const NOTHING: CharSet = [];
export const EVERYTHING: CharSet = [0, LAST];
export const NOT_NEWLINE: CharSet = negate([10, 10]);

export function range(first: number, last: number): CharSet {
  return [first, last];
}

/** Returns the union of the sets. */
export function union(...sets: CharSet[]): CharSet {
  const pairs: [number, number][] = [];
  for (const set of sets)
    for (let at = 0; at < set.length; at += 2) pairs.push([set[at] as number, set[at + 1] as number]);
  pairs.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [first, last] of pairs) {
    const end = merged.length - 1;
    if (end > 0 && first <= (merged[end] as number) + 1) merged[end] = Math.max(merged[end] as number, last);
    else merged.push(first, last);
  }
  return merged;
}

/** Returns the complement of the set. */
export function negate(set: CharSet): CharSet {
  const rest: number[] = [];
  let from = 0;
  for (let at = 0; at < set.length; at += 2) {
    const first = set[at] as number;
    if (first > from) rest.push(from, first - 1);
    from = (set[at + 1] as number) + 1;
  }
  if (from <= LAST) rest.push(from, LAST);
  return rest;
}

/** Returns the difference of two sets. */
export function subtract(set: CharSet, without: CharSet): CharSet {
  return negate(union(negate(set), without));
}

export function overlap(a: CharSet, b: CharSet): boolean {
  return negate(union(negate(a), negate(b))).length > 0;
}

export function has(set: CharSet, unit: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (unit < (set[2 * middle] as number)) high = middle - 1;
    else if (unit > (set[2 * middle + 1] as number)) low = middle + 1;
    else return true;
  }
  return false;
}

/** Returns the only code unit of the set, or undefined if it has none or several. */
export function single(set: CharSet): number | undefined {
  return set.length === 2 && set[0] === set[1] ? set[0] : undefined;
}

const properties = new Map<string, CharSet>();

/** Returns the code units that a JavaScript regular expression for one character matches. Computed once, at first use. */
function matching(source: string): CharSet {
  const cached = properties.get(source);
  if (cached !== undefined) return cached;
  const pattern = new RegExp(`^(?:${source})$`, "u");
  const found: number[] = [];
  for (let unit = 0; unit <= LAST; unit += 1) {
    if (!pattern.test(String.fromCharCode(unit))) continue;
    if (found.length > 0 && found[found.length - 1] === unit - 1) found[found.length - 1] = unit;
    else found.push(unit, unit);
  }
  properties.set(source, found);
  return found;
}

/** The set of `\w`: letters, nonspacing marks, decimal digits and connector punctuation, according to the .NET documentation. */
export const word = (): CharSet => matching("[\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}]");
/** The word characters of `\b`: the set of `\w` and the two joiners. */
export const boundaryWord = (): CharSet => union(word(), range(0x200c, 0x200d));
export const digit = (): CharSet => matching("\\p{Nd}");
export const space = (): CharSet => matching("[\\f\\n\\r\\t\\v\\x85\\p{Z}]");

/** .NET's names of Unicode blocks that occur in names of people and places. */
const BLOCKS: Record<string, [number, number]> = {
  IsBasicLatin: [0x0000, 0x007f],
  "IsLatin-1Supplement": [0x0080, 0x00ff],
  "IsLatinExtended-A": [0x0100, 0x017f],
  "IsLatinExtended-B": [0x0180, 0x024f],
  IsLatinExtendedAdditional: [0x1e00, 0x1eff],
  IsCombiningDiacriticalMarks: [0x0300, 0x036f],
  IsGreek: [0x0370, 0x03ff],
  IsGreekandCoptic: [0x0370, 0x03ff],
  IsCyrillic: [0x0400, 0x04ff],
  IsArmenian: [0x0530, 0x058f],
  IsHebrew: [0x0590, 0x05ff],
  IsArabic: [0x0600, 0x06ff],
  IsDevanagari: [0x0900, 0x097f],
  IsThai: [0x0e00, 0x0e7f],
  IsGeorgian: [0x10a0, 0x10ff],
  IsGeneralPunctuation: [0x2000, 0x206f],
  IsHiragana: [0x3040, 0x309f],
  IsKatakana: [0x30a0, 0x30ff],
  IsCJKUnifiedIdeographs: [0x4e00, 0x9fff],
  IsHangulSyllables: [0xac00, 0xd7af],
};
const CATEGORIES = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfson]?)$/;

/** Returns the set of `\p{name}`, a general category or a block, or undefined if the .NET name is not supported here. */
export function property(name: string): CharSet | undefined {
  if (CATEGORIES.test(name)) return matching(`\\p{${name}}`);
  const block = Object.hasOwn(BLOCKS, name) ? BLOCKS[name] : undefined;
  return block === undefined ? undefined : range(...block);
}

let variants: Map<number, number[]> | undefined;

/** Returns code units that differ in case only. As in .NET's invariant culture, the dotted and dotless i have no other case. */
function caseVariants(): Map<number, number[]> {
  if (variants !== undefined) return variants;
  const classes = new Map<string, number[]>();
  for (let unit = 0; unit <= LAST; unit += 1) {
    const character = String.fromCharCode(unit);
    const upper = one(character, character.toUpperCase());
    const key = one(upper, upper.toLowerCase());
    if (unit === 0x130 || unit === 0x131 || (key === character && upper === character)) continue;
    const members = classes.get(key) ?? [];
    members.push(unit);
    classes.set(key, members);
  }
  variants = new Map();
  for (const [key, members] of classes) {
    const all = [...new Set([...members, key.charCodeAt(0)])];
    for (const unit of all) variants.set(unit, all);
  }
  return variants;
}

function one(before: string, after: string): string {
  return after.length === 1 ? after : before;
}

/** Returns the set extended with the other case of all its code units. */
export function ignoreCase(set: CharSet): CharSet {
  const extra: CharSet[] = [set];
  const add = (others: readonly number[]): void => {
    for (const other of others) extra.push(range(other, other));
  };
  const only = single(set);
  if (only !== undefined) add(caseVariants().get(only) ?? []);
  else for (const [unit, others] of caseVariants()) if (has(set, unit)) add(others);
  return union(...extra);
}

/** Returns the set as a class of a JavaScript regular expression without the u flag, which also matches code units. */
export function classSource(set: CharSet): string {
  if (set.length === 0) return "[]";
  const only = single(set);
  if (only !== undefined) return escapeUnit(only);
  let source = "";
  for (let at = 0; at < set.length; at += 2) {
    const [first, last] = [set[at] as number, set[at + 1] as number];
    source += first === last ? escapeUnit(first) : `${escapeUnit(first)}-${escapeUnit(last)}`;
  }
  return `[${source}]`;
}

function escapeUnit(unit: number): string {
  const character = String.fromCharCode(unit);
  return /[A-Za-z0-9]/.test(character) ? character : `\\u${unit.toString(16).padStart(4, "0")}`;
}
