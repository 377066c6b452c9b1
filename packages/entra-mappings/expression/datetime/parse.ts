import { dateTime, fromParts, type DateTime } from "./datetime";
import { DAYS, MONTHS, tokenizeFormat, type FormatToken } from "./format";

/** Where white space is allowed although the format has none. */
export interface WhiteSpace {
  leading: boolean;
  trailing: boolean;
  inner: boolean;
}

interface Fields {
  year?: number;
  month?: number;
  day?: number;
  hour?: number;
  hour12?: number;
  afternoon?: boolean;
  minute?: number;
  second?: number;
  /** Fraction of a second in units of 100 ns. */
  fraction?: number;
  /** Offset from UTC in minutes; positive east of Greenwich. */
  offset?: number;
}

/** Parses a date as .NET's ParseExact does. Returns undefined if the text does not match the format or the date does not exist. */
export function parseExact(text: string, tokens: readonly FormatToken[], space: WhiteSpace): DateTime | undefined {
  let source = text;
  if (space.leading) source = source.trimStart();
  if (space.trailing) source = source.trimEnd();
  const fields: Fields = {};
  let at = 0;
  for (const token of tokens) {
    if (space.inner) while (/\s/.test(source.charAt(at))) at += 1;
    const end = "literal" in token ? readLiteral(source, at, token.literal) : readField(source, at, token, fields);
    if (end === undefined) return undefined;
    at = end;
  }
  return at === source.length ? assemble(fields) : undefined;
}

function readLiteral(text: string, at: number, literal: string): number | undefined {
  return text.startsWith(literal, at) ? at + literal.length : undefined;
}

function readField(
  text: string,
  at: number,
  { letter, count }: { letter: string; count: number },
  to: Fields,
): number | undefined {
  const number = (key: keyof Fields, fewest: number, most: number): number | undefined => {
    const digits = digitsAt(text, at, fewest, most);
    if (digits === undefined) return undefined;
    (to as Record<string, number>)[key] = Number(digits);
    return at + digits.length;
  };
  const fewest = count === 1 ? 1 : 2;
  switch (letter) {
    case "y": {
      const end = count <= 2 ? number("year", fewest, 2) : number("year", count === 3 ? 3 : count, Math.max(count, 4));
      // .NET's default range for two-digit years: 1950 to 2049.
      if (end !== undefined && count <= 2) to.year = (to.year as number) + ((to.year as number) < 50 ? 2000 : 1900);
      return end;
    }
    case "M":
      return count < 3
        ? number("month", fewest, 2)
        : nameAt(text, at, MONTHS, count, (index) => (to.month = index + 1));
    case "d":
      return count < 3 ? number("day", fewest, 2) : nameAt(text, at, DAYS, count, () => undefined);
    case "H":
      return number("hour", fewest, 2);
    case "h":
      return number("hour12", fewest, 2);
    case "m":
      return number("minute", fewest, 2);
    case "s":
      return number("second", fewest, 2);
    case "t": {
      const word = text.slice(at, at + Math.min(count, 2)).toUpperCase();
      if (word.charAt(0) !== "A" && word.charAt(0) !== "P") return undefined;
      if (count > 1 && word.charAt(1) !== "M") return undefined;
      to.afternoon = word.startsWith("P");
      return at + word.length;
    }
    case "f":
    case "F": {
      const digits = digitsAt(text, at, letter === "f" ? count : 0, count) ?? "";
      if (letter === "f" && digits.length !== count) return undefined;
      to.fraction = Number(digits.padEnd(7, "0"));
      return at + digits.length;
    }
    case "z":
    case "K":
      return readOffset(text, at, letter, count, to);
    default:
      return text.startsWith("A.D.", at) ? at + 4 : undefined;
  }
}

function readOffset(text: string, at: number, letter: string, count: number, to: Fields): number | undefined {
  if (letter === "K" && at === text.length) return at;
  if ((letter === "K" || count >= 3) && /^z/i.test(text.charAt(at))) {
    to.offset = 0;
    return at + 1;
  }
  const pattern = letter === "K" || count >= 3 ? /([+-])(\d{1,2}):?(\d{2})/y : /([+-])(\d{1,2})/y;
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  if (minutes > 14 * 60) return undefined;
  to.offset = found[1] === "-" ? -minutes : minutes;
  return at + found[0].length;
}

function digitsAt(text: string, at: number, fewest: number, most: number): string | undefined {
  let end = at;
  while (end - at < most && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end += 1;
  return end - at >= fewest ? text.slice(at, end) : undefined;
}

function nameAt(
  text: string,
  at: number,
  names: readonly string[],
  count: number,
  found: (index: number) => void,
): number | undefined {
  const rest = text.slice(at).toLowerCase();
  for (const [index, full] of names.entries()) {
    const word = (count === 3 ? full.slice(0, 3) : full).toLowerCase();
    if (!rest.startsWith(word)) continue;
    found(index);
    return at + word.length;
  }
  return undefined;
}

function assemble(fields: Fields): DateTime | undefined {
  let hour = fields.hour ?? 0;
  if (fields.hour12 !== undefined) {
    if (fields.hour12 < 1 || fields.hour12 > 12) return undefined;
    hour = (fields.hour12 % 12) + (fields.afternoon === true ? 12 : 0);
  }
  const milliseconds = fromParts(
    fields.year ?? 1,
    fields.month ?? 1,
    fields.day ?? 1,
    hour,
    fields.minute ?? 0,
    fields.second ?? 0,
  );
  if (milliseconds === undefined) return undefined;
  const fraction = fields.fraction ?? 0;
  const ticks = fraction % 10_000;
  return dateTime(milliseconds + (fraction - ticks) / 10_000 - (fields.offset ?? 0) * 60_000, ticks);
}

const ANYWHERE: WhiteSpace = { leading: true, trailing: true, inner: false };

/** Formats that CDate accepts: ISO 8601 and en-US, with names of months, with or without time and offset. */
const GENERAL = [
  "yyyy-MM-ddzzz",
  "yyyy-MM-dd",
  "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
  "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
  "yyyy-MM-ddTHH:mm:ssK",
  "yyyy-MM-dd HH:mm:ssK",
  "yyyy-MM-dd HH:mm:ss zzz",
  "yyyy-MM-ddTHH:mmK",
  "yyyy-MM-dd HH:mmK",
  "yyyyMMddTHHmmssK",
  "yyyyMMdd",
  "M/d/yyyy h:mm:ss tt",
  "M/d/yyyy h:mm tt",
  "M/d/yyyy H:mm:ssK",
  "M/d/yyyy H:mm",
  "M/d/yyyy h:mm:ss tt zzz",
  "M/d/yyyy",
  "M/d/yy",
  "M-d-yyyy",
  "yyyy/M/d",
  "yyyy/M/d H:mm:ssK",
  "d MMM yyyy",
  "d MMMM yyyy",
  "MMM d, yyyy",
  "MMMM d, yyyy",
  "MMMM d, yyyy h:mm:ss tt",
  "dddd, MMMM d, yyyy",
  "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  "yyyy-MM",
].map((format) => tokenizeFormat(format));

/** Parses a date in any format that CDate accepts. A date without an offset is in UTC. Returns undefined for other texts. */
export function parseGeneral(text: string): DateTime | undefined {
  for (const tokens of GENERAL) {
    const found = parseExact(text, tokens, ANYWHERE);
    if (found !== undefined) return found;
  }
  return undefined;
}
