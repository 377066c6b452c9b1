import { type CallSite, quoted } from "../callsite";
import {
  addInterval,
  dateTime,
  differenceIn,
  fromFileTime,
  INTERVALS,
  toFileTime,
  type Interval,
} from "../datetime/datetime";
import { formatDateTime, tokenizeFormat, type FormatToken } from "../datetime/format";
import { parseExact, type WhiteSpace } from "../datetime/parse";
import type { AttributeLookup, Thunk } from "../value";

function interval(site: CallSite): (lookup: AttributeLookup) => Interval {
  const read = (text: string | null): Interval =>
    INTERVALS.find((known) => known === text) ??
    site.fail(
      `requires one of ${INTERVALS.join(", ")} for ${site.label(0)}, found ${text === null ? "no value" : quoted(text)}`,
      0,
    );
  const constant = site.constantText(0);
  if (constant !== undefined) {
    const known = read(constant);
    return () => known;
  }
  const text = site.text(0);
  return (lookup) => read(text(lookup));
}

function dateAdd(site: CallSite): Thunk {
  const unit = interval(site);
  const [count, date] = [site.number(1), site.date(2)];
  return (lookup) => {
    const [number, from] = [count(lookup), date(lookup)];
    if (number === null || from === null) return null;
    return (
      addInterval(unit(lookup), Number(number), from) ?? site.fail("returns a date outside the years 1 to 9999", 1)
    );
  };
}

function dateDiff(site: CallSite): Thunk {
  const unit = interval(site);
  const [first, second] = [site.date(1), site.date(2)];
  return (lookup) => {
    const [from, to] = [first(lookup), second(lookup)];
    return from === null || to === null ? null : differenceIn(unit(lookup), from, to);
  };
}

/** The effect of each DateTimeStyles. Styles for local time have none, because the service's local time is UTC. */
const STYLES: ReadonlyMap<string, Partial<WhiteSpace>> = new Map([
  ["allowleadingwhite", { leading: true }],
  ["allowtrailingwhite", { trailing: true }],
  ["allowinnerwhite", { inner: true }],
  ["allowwhitespaces", { leading: true, trailing: true, inner: true }],
  ...["", "none", "roundtripkind", "adjusttouniversal", "assumelocal", "assumeuniversal", "nocurrentdatedefault"].map(
    (name): [string, Partial<WhiteSpace>] => [name, {}],
  ),
]);

/** Reads one or several names of DateTimeStyles. */
function styles(site: CallSite, text: string | null): WhiteSpace {
  const space: WhiteSpace = { leading: text === null, trailing: text === null, inner: false };
  for (const part of (text ?? "").split(/[,|]/)) {
    const word = part.trim();
    const style = STYLES.get(word.replace(/^DateTimeStyles\./, "").toLowerCase());
    if (style === undefined) {
      site.fail(
        `requires names of .NET DateTimeStyles for dateTimeStyles, such as AllowWhiteSpaces, found ${quoted(word)}`,
        1,
      );
    }
    Object.assign(space, style);
  }
  return space;
}

/** Compiles a format argument. A literal is tokenized once, at compile time. */
function format(site: CallSite, index: number): (lookup: AttributeLookup) => FormatToken[] {
  const read = (text: string | null): FormatToken[] => {
    try {
      return tokenizeFormat(text ?? "");
    } catch (error) {
      return site.fail(`requires a .NET date format for ${site.label(index)}: ${(error as Error).message}`, index);
    }
  };
  const constant = site.constantText(index);
  if (constant !== undefined) {
    const tokens = read(constant);
    return () => tokens;
  }
  const text = site.text(index);
  return (lookup) => read(text(lookup));
}

/** Compiles FormatDateTime. A source that is already a date (the result of Now, CDate or DateAdd) is formatted without parsing. */
function formatDate(site: CallSite): Thunk {
  const short = site.count === 3;
  const source = site.thunk(0);
  const text = site.text(0);
  const style = short ? () => null : site.text(1);
  const [input, output] = short ? [format(site, 1), format(site, 2)] : [format(site, 2), format(site, 3)];
  const fixed = short || !site.supplied(1) ? styles(site, null) : undefined;
  return (lookup) => {
    const value = source(lookup);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return formatDateTime(value, output(lookup));
    const written = text(lookup);
    if (written === null || written === "") return null;
    const date = parseExact(written, input(lookup), fixed ?? styles(site, style(lookup)));
    if (date === undefined) {
      const expected = short ? site.constantText(1) : site.constantText(2);
      site.fail(`found ${quoted(written)}, which is not a date in the input format ${quoted(expected ?? "given")}`, 0);
    }
    return formatDateTime(date, output(lookup));
  };
}

export const dates = {
  CDate: (site: CallSite): Thunk => site.date(0),
  DateAdd: dateAdd,
  DateDiff: dateDiff,
  FormatDateTime: formatDate,
  DateFromNum: (site: CallSite): Thunk => {
    const number = site.number(0);
    return (lookup) => {
      const value = number(lookup);
      if (value === null) return null;
      if (typeof value === "number" && !Number.isInteger(value))
        site.fail(`requires a whole number, found ${value}`, 0);
      return fromFileTime(BigInt(value)) ?? site.fail(`found ${value}, which is not an Active Directory time`, 0);
    };
  },
  NumFromDate: (site: CallSite): Thunk => {
    const date = site.date(0);
    return (lookup) => {
      const value = date(lookup);
      return value === null ? null : toFileTime(value);
    };
  },
  /** Fails during evaluation, not during compilation, because an expression may need the time for some users only. */
  Now: (site: CallSite): Thunk => {
    const { now } = site.options;
    return () => {
      if (now === undefined) {
        return site.fail(
          "cannot be previewed: it returns the time of the provisioning cycle, and no evaluation time is set",
        );
      }
      return dateTime(now().getTime()) ?? site.fail("cannot use an evaluation time outside the years 1 to 9999");
    };
  },
};
