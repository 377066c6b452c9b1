import type { CallSite } from "../callsite";
import { lowerCase, lowerCaseIn, titleCase, upperCase, upperCaseIn } from "../casing";
import { normalizeDiacritics } from "../diacritics";
import { printScalar, type AttributeLookup, type Thunk } from "../value";

/** Products of lengths up to this value are not counted. */
const FREE = 65_536;

/** Compiles a function of one string. Null stays null, because provisioning skips null and never converts it to a value. */
function map(transform: (text: string) => string): (site: CallSite) => Thunk {
  return (site) => site.ofText(transform);
}

function cased(
  invariant: (text: string) => string,
  inCulture: (culture: string, text: string) => string,
): (site: CallSite) => Thunk {
  return (site) => {
    const culture = cultureOf(site);
    if (culture === undefined) return map(invariant)(site);
    const source = site.text(0);
    return (lookup) => {
      const text = source(lookup);
      return text === null ? null : inCulture(culture(lookup), text);
    };
  };
}

/** Returns the validated culture argument, or undefined if there is none. The invariant culture is the default. */
function cultureOf(site: CallSite): ((lookup: AttributeLookup) => string) | undefined {
  if (!site.supplied(1)) return undefined;
  const check = (name: string): string => {
    if (name === "" || /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(name)) return name;
    return site.fail(
      `requires the name of a culture for ${site.label(1)}, such as en-US, found ${JSON.stringify(name)}`,
      1,
    );
  };
  const constant = site.constantText(1);
  if (constant !== undefined) {
    const name = check(constant);
    return name === "" ? undefined : () => name;
  }
  const text = site.text(1);
  return (lookup) => check(text(lookup) ?? "");
}

/** Compiles Mid. It counts UTF-16 code units, as .NET does. A start below 1 is undocumented, and .NET rejects it. */
function mid(site: CallSite): Thunk {
  const source = site.text(0);
  const [start, length] = [site.integer(1), site.integer(2)];
  return (lookup) => {
    const text = source(lookup);
    const [from, count] = [start(lookup), length(lookup)];
    if (from === null || from < 1)
      return site.fail(`requires 1 or more for ${site.label(1)}, found ${from ?? "no value"}`, 1);
    if (count === null || count < 0)
      return site.fail(`requires 0 or more for ${site.label(2)}, found ${count ?? "no value"}`, 2);
    return text === null ? null : text.slice(from - 1, from - 1 + count);
  };
}

function left(site: CallSite): Thunk {
  const source = site.text(0);
  const count = site.integer(1);
  return (lookup) => {
    const text = source(lookup) ?? "";
    const number = count(lookup) ?? site.fail(`requires a number for ${site.label(1)}, found no value`, 1);
    return number < 0 ? text : text.slice(0, number);
  };
}

/** Compiles Word. A word is a run of characters that are not delimiters, so adjacent delimiters create no empty word. */
function word(site: CallSite): Thunk {
  const source = site.text(0);
  const number = site.integer(1);
  const delimiters = site.text(2);
  return (lookup) => {
    const text = source(lookup) ?? "";
    const wanted = number(lookup) ?? 0;
    if (wanted < 1) return "";
    const set = delimiters(lookup) ?? "";
    if (text.length * set.length > FREE) site.spend((text.length * set.length) / 16);
    let count = 0;
    let start = 0;
    for (let at = 0; at <= text.length; at += 1) {
      if (at < text.length && !set.includes(text.charAt(at))) continue;
      if (at > start) {
        count += 1;
        if (count === wanted) return text.slice(start, at);
      }
      start = at + 1;
    }
    return "";
  };
}

/**
 * Compiles InStr: the 1-based position of the first occurrence, or 0 if there is none (the SuccessFactors guide compares with 0).
 * The search is case-sensitive unless compareType is vbTextCompare.
 */
function inStr(site: CallSite): Thunk {
  const [searched, sought] = [site.text(0), site.text(1)];
  const start = site.supplied(2) ? site.integer(2) : () => 1;
  const compare = site.supplied(3) ? site.constantText(3) : "vbBinaryCompare";
  if (compare !== "vbBinaryCompare" && compare !== "vbTextCompare") {
    site.fail(`requires vbBinaryCompare or vbTextCompare for ${site.label(3)}`, 3);
  }
  const fold =
    compare === "vbTextCompare" ? (text: string): string => lowerCase(upperCase(text)) : (text: string): string => text;
  return (lookup) => {
    const [text, part] = [searched(lookup), sought(lookup)];
    if (text === null || part === null) return 0;
    const from = start(lookup) ?? 1;
    if (from < 1) site.fail(`requires 1 or more for ${site.label(2)}, found ${from}`, 2);
    if (text.length * part.length > FREE) site.spend((text.length * part.length) / 16);
    return from > text.length ? 0 : fold(text).indexOf(fold(part), from - 1) + 1;
  };
}

/** Compiles Append and Prepend. If the source is null, nothing flows. If the other value is null, nothing is added. */
function attach(source: number, other: number): (site: CallSite) => Thunk {
  return (site) => {
    const [text, added] = [site.text(source), site.text(other)];
    return (lookup) => {
      const value = text(lookup);
      if (value === null) return null;
      const more = added(lookup) ?? "";
      return other > source ? value + more : more + value;
    };
  };
}

export const texts = {
  Append: attach(0, 1),
  Prepend: attach(1, 0),
  ToLower: cased(lowerCase, lowerCaseIn),
  ToUpper: cased(upperCase, upperCaseIn),
  Mid: mid,
  Left: left,
  Word: word,
  InStr: inStr,
  Trim: map((text) => text.trim()),
  StripSpaces: map((text) => text.replaceAll(" ", "")),
  NormalizeDiacritics: map(normalizeDiacritics),
  ConvertToBase64: map((text) => Buffer.from(text, "utf16le").toString("base64")),
  ConvertToUTF8Hex: map((text) => Buffer.from(text, "utf8").toString("hex").toUpperCase()),
  CStr: map((text) => text),
  PCase: (site: CallSite): Thunk => {
    const source = site.text(0);
    const separators = site.supplied(1) ? site.text(1) : undefined;
    return (lookup) => {
      const text = source(lookup);
      if (text === null) return null;
      const between = separators?.(lookup) ?? undefined;
      if (text.length * (between?.length ?? 0) > FREE) site.spend((text.length * (between?.length ?? 0)) / 16);
      return titleCase(text, between);
    };
  },
  /** Counts the characters of a number literal as written: `Len(42568.75)` is 8. */
  Len: (site: CallSite): Thunk => {
    const node = site.list[0]?.node;
    if (node?.kind === "number") return () => node.text.length;
    const source = site.thunk(0);
    const text = site.text(0);
    return (lookup) => {
      const value = source(lookup);
      if (typeof value === "string") return value.length;
      return Array.isArray(value) || value === null ? (text(lookup) ?? "").length : printScalar(value).length;
    };
  },
  DefaultDomain: (site: CallSite): Thunk => {
    const domain =
      site.options.defaultDomain ??
      site.fail("cannot be previewed: it returns the tenant's default domain, and no default domain is set");
    return () => domain;
  },
};
