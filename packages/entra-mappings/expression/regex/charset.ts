/**
 * Sets of UTF-16 code units, each as the body of a JavaScript character class. .NET's regular expressions match one code unit at a
 * time, as JavaScript does without the u flag; that excludes \p{...}, so Unicode categories are written as ranges of code units.
 */
export type ClassBody = string;

type Range = readonly [first: number, last: number];

const LAST = 0xffff;

/** Returns a code unit as it appears in a regular expression, in or outside a class. */
export function unitSource(unit: number): string {
  const character = String.fromCharCode(unit);
  return /[A-Za-z0-9]/.test(character) ? character : `\\u${unit.toString(16).padStart(4, "0")}`;
}

function bodyOf(ranges: Iterable<Range>): ClassBody {
  let body = "";
  for (const [first, last] of ranges) body += unitSource(first) + (first === last ? "" : `-${unitSource(last)}`);
  return body;
}

const bodies = new Map<string, ClassBody>();

/** Returns the code units that match, or that do not match, a class of a regular expression with the u flag. Computed once. */
function matching(source: string, negated: boolean): ClassBody {
  const key = `${negated} ${source}`;
  const cached = bodies.get(key);
  if (cached !== undefined) return cached;
  const pattern = new RegExp(source, "u");
  const ranges: [number, number][] = [];
  for (let unit = 0; unit <= LAST; unit += 1) {
    if (pattern.test(String.fromCharCode(unit)) === negated) continue;
    const end = ranges.at(-1);
    if (end?.[1] === unit - 1) end[1] = unit;
    else ranges.push([unit, unit]);
  }
  const body = bodyOf(ranges);
  bodies.set(key, body);
  return body;
}

/** The set of `\w`: letters, nonspacing marks, decimal digits and connector punctuation, according to the .NET documentation. */
export const word = (negated = false): ClassBody => matching("[\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}]", negated);
/** The word characters of `\b`: the set of `\w` and the two joiners. */
export const boundaryWord = (): ClassBody => `${word()}\\u200c\\u200d`;
export const digit = (negated = false): ClassBody => matching("\\p{Nd}", negated);
export const space = (negated = false): ClassBody => matching("[\\f\\n\\r\\t\\v\\x85\\p{Z}]", negated);

/** .NET's names of Unicode blocks that occur in names of people and places. */
const BLOCKS: ReadonlyMap<string, Range> = new Map(
  Object.entries({
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
  } satisfies Record<string, Range>),
);
const CATEGORIES = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfson]?)$/;

/** Returns the set of `\p{name}`, a general category or a block, or undefined if the .NET name is not supported here. */
export function property(name: string, negated: boolean): ClassBody | undefined {
  if (CATEGORIES.test(name)) return matching(`\\p{${name}}`, negated);
  const block = BLOCKS.get(name);
  if (block === undefined) return undefined;
  const [first, last] = block;
  const rest: Range[] = [
    [0, first - 1],
    [last + 1, LAST],
  ];
  return bodyOf(negated ? rest.filter(([from, to]) => from <= to) : [block]);
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
    classes.set(key, [...(classes.get(key) ?? [key.charCodeAt(0)]), unit]);
  }
  variants = new Map();
  for (const members of classes.values()) for (const unit of members) variants.set(unit, [...new Set(members)]);
  return variants;
}

function one(before: string, after: string): string {
  return after.length === 1 ? after : before;
}

/** Returns the set of a range, with the other case of all its code units if case is ignored. */
export function range(first: number, last: number, ignoreCase: boolean): ClassBody {
  if (!ignoreCase) return bodyOf([[first, last]]);
  const others = new Set<number>();
  const add = (units: readonly number[] | undefined): void => units?.forEach((unit) => others.add(unit));
  if (first === last) add(caseVariants().get(first));
  else for (const [unit, units] of caseVariants()) if (unit >= first && unit <= last) add(units);
  const outside = [...others].filter((unit) => unit < first || unit > last);
  return bodyOf([[first, last], ...outside.map((unit): Range => [unit, unit])]);
}
