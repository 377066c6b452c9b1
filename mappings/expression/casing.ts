/**
 * Case as .NET converts it: one code unit becomes one code unit ("simple" mapping), so that nothing changes its length.
 * JavaScript's full mapping differs for a few characters only, which are looked for before anything else is done.
 */

/** What JavaScript's lower casing of I with a dot, and of a sigma at the end of a word, leaves behind. */
const LOWER_EXCEPTIONS = /[\u0307\u03c2]/;

/** To lower case by the invariant culture. */
export function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  // What does not change has no exceptions: comparing is quicker than looking for them.
  return lower !== text && LOWER_EXCEPTIONS.test(lower) ? simple(text, "toLowerCase") : lower;
}

/** To upper case by the invariant culture. */
export function upperCase(text: string): string {
  const upper = text.toUpperCase();
  // A longer result means a sharp s, a ligature or the like, which .NET leaves alone; dotless i it leaves alone too.
  return upper.length === text.length && !text.includes("\u0131") ? upper : simple(text, "toUpperCase");
}

/** To lower case by a named culture: Turkish and Azeri have their own i, the others are like the invariant one. */
export function lowerCaseIn(culture: string, text: string): string {
  return lowerCase(turkic(culture) ? text.replaceAll("I", "\u0131").replaceAll("\u0130", "i") : text);
}

/** To upper case by a named culture. */
export function upperCaseIn(culture: string, text: string): string {
  return turkic(culture)
    ? simple(text.replaceAll("i", "\u0130"), "toUpperCase").replaceAll("\u0131", "I")
    : upperCase(text);
}

function turkic(culture: string): boolean {
  return /^(?:tr|az)(?:-|$)/i.test(culture);
}

function simple(text: string, convert: "toLowerCase" | "toUpperCase"): string {
  let result = "";
  for (const character of text) {
    const converted = character[convert]();
    const kept = character === "\u0130" || character === "\u0131" || converted.length !== character.length;
    result += kept ? character : converted;
  }
  return result;
}

/** .NET's word separators: every kind of space, control, punctuation and symbol. */
const SEPARATOR = /[\p{Z}\p{Cc}\p{Cf}\p{P}\p{S}]/u;
const LETTER = /\p{L}/u;
/** The letters whose title case is a character of its own. */
const TITLE: Record<string, string> = {
  "\u01c6": "\u01c5",
  "\u01c9": "\u01c8",
  "\u01cc": "\u01cb",
  "\u01f3": "\u01f2",
};

/**
 * The first letter of each word in upper case, all others in lower.
 * Without separators words end at .NET's; the apostrophe is one here, as Microsoft's guide shows ("john's" becomes "John'S").
 * With separators words end at those alone, and only a word's very first character changes.
 */
export function titleCase(text: string, separators?: string): string {
  const ends =
    separators === undefined
      ? (character: string) => SEPARATOR.test(character)
      : (character: string) => separators.includes(character);
  const begins = separators === undefined ? (character: string) => LETTER.test(character) : () => true;
  let result = "";
  let inWord = false;
  for (const character of lowerCase(text)) {
    if (ends(character)) {
      inWord = false;
      result += character;
    } else if (!inWord && begins(character)) {
      inWord = true;
      result += TITLE[character] ?? upperCase(character);
    } else {
      result += character;
    }
  }
  return result;
}
