/**
 * Case conversion as in .NET: one code unit becomes one code unit ("simple" mapping), so the length of a text never changes.
 * JavaScript's full mapping differs for a few characters only. Texts with these characters take a slower path.
 */

/** Matches the traces of JavaScript's lower case of a dotted I and of a sigma at the end of a word. */
const LOWER_EXCEPTIONS = /[\u0307\u03c2]/;

/** Converts a text to lower case in the invariant culture. */
export function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  // An unchanged text has no exceptions, and the comparison is faster than the search for them.
  return lower !== text && LOWER_EXCEPTIONS.test(lower) ? simple(text, "toLowerCase") : lower;
}

/** Converts a text to upper case in the invariant culture. */
export function upperCase(text: string): string {
  const upper = text.toUpperCase();
  // A longer result means a sharp s, a ligature or a similar letter. .NET does not change these, nor the dotless i.
  return upper.length === text.length && !text.includes("\u0131") ? upper : simple(text, "toUpperCase");
}

/** Converts a text to lower case in a named culture. Turkish and Azeri have a separate i; others match the invariant culture. */
export function lowerCaseIn(culture: string, text: string): string {
  return lowerCase(turkic(culture) ? text.replaceAll("I", "\u0131").replaceAll("\u0130", "i") : text);
}

/** Converts a text to upper case in a named culture. */
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
/** Letters with a separate title case character. */
const TITLE: Record<string, string> = {
  "\u01c6": "\u01c5",
  "\u01c9": "\u01c8",
  "\u01cc": "\u01cb",
  "\u01f3": "\u01f2",
};

/**
 * Converts the first letter of each word to upper case and all other letters to lower case.
 * Without `separators`, words end at .NET's word separators and at apostrophes: in Microsoft's guide, "john's" becomes "John'S".
 * With `separators`, words end only there, and only the first character of a word can change to upper case.
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
