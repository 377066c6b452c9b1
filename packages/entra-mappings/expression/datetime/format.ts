import type { DateTime } from "./datetime";

export const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
export const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** A token of a .NET custom date format: a run of one letter, or literal text. */
export type FormatToken = { letter: string; count: number } | { literal: string };

/** Custom formats of .NET's standard formats (single letters), in en-US, the culture in which the service formats dates. */
const STANDARD: Record<string, string> = {
  d: "M/d/yyyy",
  D: "dddd, MMMM d, yyyy",
  f: "dddd, MMMM d, yyyy h:mm tt",
  F: "dddd, MMMM d, yyyy h:mm:ss tt",
  g: "M/d/yyyy h:mm tt",
  G: "M/d/yyyy h:mm:ss tt",
  m: "MMMM d",
  M: "MMMM d",
  o: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  O: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  s: "yyyy-MM-dd'T'HH:mm:ss",
  t: "h:mm tt",
  T: "h:mm:ss tt",
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  U: "dddd, MMMM d, yyyy h:mm:ss tt",
  y: "MMMM yyyy",
  Y: "MMMM yyyy",
};

const LETTERS = "dfFghHKmMstyz";

/**
 * Splits a .NET date format into tokens.
 * @throws RangeError if .NET rejects the format too
 * Source: "Custom date and time format strings" in the .NET documentation.
 */
export function tokenizeFormat(format: string): FormatToken[] {
  if (format === "") throw new RangeError("the date format is empty");
  const text = format.length === 1 ? STANDARD[format] : format;
  if (text === undefined) throw new RangeError(`there is no standard date format ${JSON.stringify(format)}`);
  const tokens: FormatToken[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === "%") {
      at += 1;
      if (at === text.length) throw new RangeError("the date format ends with %");
      continue;
    }
    if (character === "\\") {
      if (at + 1 === text.length) throw new RangeError("the date format ends with a backslash");
      tokens.push({ literal: text.charAt(at + 1) });
      at += 2;
      continue;
    }
    if (character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end < 0) throw new RangeError(`the date format has an opening ${character} without a closing one`);
      tokens.push({ literal: text.slice(at + 1, end) });
      at = end + 1;
      continue;
    }
    let count = 1;
    if (LETTERS.includes(character)) {
      while (text.charAt(at + count) === character) count += 1;
      if ((character === "f" || character === "F") && count > 7) {
        throw new RangeError("the date format has more than seven digits for fractions of a second");
      }
      tokens.push({ letter: character, count });
    } else {
      tokens.push({ literal: character });
    }
    at += count;
  }
  return tokens;
}

/** Formats a point in time in UTC with a tokenized format. */
export function formatDateTime(value: DateTime, tokens: readonly FormatToken[]): string {
  const date = new Date(value.milliseconds);
  let text = "";
  for (const token of tokens) {
    if ("literal" in token) {
      text += token.literal;
      continue;
    }
    const piece = field(token.letter, token.count, date, value);
    // If ".FFF" prints no digit, .NET omits the decimal point too.
    if (token.letter === "F" && piece === "" && text.endsWith(".")) text = text.slice(0, -1);
    text += piece;
  }
  return text;
}

function field(letter: string, count: number, date: Date, value: DateTime): string {
  const pad = (number: number, digits = Math.min(count, 2)): string => String(number).padStart(digits, "0");
  switch (letter) {
    case "y": {
      const year = date.getUTCFullYear();
      return count <= 2 ? pad(year % 100) : pad(year, count);
    }
    case "M":
      return name(MONTHS[date.getUTCMonth()], count) ?? pad(date.getUTCMonth() + 1);
    case "d":
      return name(DAYS[date.getUTCDay()], count) ?? pad(date.getUTCDate());
    case "H":
      return pad(date.getUTCHours());
    case "h":
      return pad(date.getUTCHours() % 12 === 0 ? 12 : date.getUTCHours() % 12);
    case "m":
      return pad(date.getUTCMinutes());
    case "s":
      return pad(date.getUTCSeconds());
    case "t":
      return (date.getUTCHours() < 12 ? "AM" : "PM").slice(0, count === 1 ? 1 : 2);
    case "f":
    case "F": {
      const fraction = `${pad(date.getUTCMilliseconds(), 3)}${pad(value.ticks, 4)}`.slice(0, count);
      return letter === "f" ? fraction : fraction.replace(/0+$/, "");
    }
    case "z":
      return count === 1 ? "+0" : count === 2 ? "+00" : "+00:00";
    case "K":
      return "Z";
    default:
      return "A.D.";
  }
}

/** Returns a short name for `ddd` and `MMM`, the full name for longer runs, and undefined for shorter runs, which are numbers. */
function name(full: string | undefined, count: number): string | undefined {
  if (full === undefined || count < 3) return undefined;
  return count === 3 ? full.slice(0, 3) : full;
}
