/**
 * A point in time in UTC, as in .NET's DateTime: years 1 to 9999, in units of 100 ns.
 * Provisioning runs in UTC, so local time is UTC too.
 */
export interface DateTime {
  /** Whole milliseconds since 1970-01-01T00:00:00Z. */
  readonly milliseconds: number;
  /** Additional units of 100 ns: 0 to 9999. */
  readonly ticks: number;
}

const FIRST = new Date(0).setUTCFullYear(1, 0, 1);
const LAST = new Date(86_399_999).setUTCFullYear(9999, 11, 31);
/** 1601-01-01, the start of Active Directory times, in milliseconds since 1970. */
const FILETIME_EPOCH = BigInt(new Date(0).setUTCFullYear(1601, 0, 1));

export const INTERVALS = ["yyyy", "m", "d", "ww", "h", "n", "s"] as const;
export type Interval = (typeof INTERVALS)[number];

/** Creates a point in time, or returns undefined outside the years 1 to 9999. */
export function dateTime(milliseconds: number, ticks = 0): DateTime | undefined {
  if (!(milliseconds >= FIRST && milliseconds <= LAST)) return undefined;
  return { milliseconds, ticks };
}

/** Returns the milliseconds since 1970 of a date and time in UTC, or undefined if the date or time does not exist. */
export function fromParts(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000;
}

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Formats a date as the service does: `M/d/yyyy h:mm:ss tt`. */
export function printDateTime({ milliseconds }: DateTime): string {
  const date = new Date(milliseconds);
  const hour = date.getUTCHours();
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${String(date.getUTCFullYear()).padStart(4, "0")}`;
  return `${day} ${hour % 12 === 0 ? 12 : hour % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? "AM" : "PM"}`;
}

const MILLISECONDS: Record<"d" | "ww" | "h" | "n" | "s", number> = {
  d: 86_400_000,
  ww: 7 * 86_400_000,
  h: 3_600_000,
  n: 60_000,
  s: 1000,
};

/**
 * Adds an interval, as VBA's DateAdd does. One month later is the same day of the month, or the last day of a shorter month.
 * Returns undefined outside the years 1 to 9999.
 */
export function addInterval(interval: Interval, count: number, from: DateTime): DateTime | undefined {
  const whole = Math.round(count);
  if (interval !== "yyyy" && interval !== "m") {
    return dateTime(from.milliseconds + whole * MILLISECONDS[interval], from.ticks);
  }
  const date = new Date(from.milliseconds);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + whole * (interval === "yyyy" ? 12 : 1);
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  if (year < 1 || year > 9999) return undefined;
  const day = Math.min(date.getUTCDate(), daysInMonth(year, month));
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day);
  const timeOfDay = ((from.milliseconds % 86_400_000) + 86_400_000) % 86_400_000;
  return dateTime(midnight + timeOfDay, from.ticks);
}

/**
 * Returns `second` minus `first` in whole intervals, as .NET's DateAndTime.DateDiff does. The documentation's samples match.
 * Years and months follow the calendar, weeks count the Sundays in between, other intervals are elapsed time, truncated.
 */
export function differenceIn(interval: Interval, first: DateTime, second: DateTime): number {
  const from = new Date(first.milliseconds);
  const to = new Date(second.milliseconds);
  const years = to.getUTCFullYear() - from.getUTCFullYear();
  if (interval === "yyyy") return years;
  if (interval === "m") return years * 12 + to.getUTCMonth() - from.getUTCMonth();
  let elapsed = second.milliseconds - first.milliseconds + (second.ticks - first.ticks) / 10_000;
  if (interval === "ww") {
    elapsed += (from.getUTCDay() - to.getUTCDay()) * MILLISECONDS.d;
    return whole(whole(elapsed / MILLISECONDS.d) / 7);
  }
  return whole(elapsed / MILLISECONDS[interval]);
}

function whole(value: number): number {
  return Math.trunc(value) + 0;
}

/** Converts a point in time to an Active Directory time: units of 100 ns since 1601. */
export function toFileTime({ milliseconds, ticks }: DateTime): bigint {
  return (BigInt(milliseconds) - FILETIME_EPOCH) * 10_000n + BigInt(ticks);
}

/** Converts an Active Directory time to a point in time, or returns undefined if it is out of range. */
export function fromFileTime(value: bigint): DateTime | undefined {
  const ticks = ((value % 10_000n) + 10_000n) % 10_000n;
  return dateTime(Number((value - ticks) / 10_000n + FILETIME_EPOCH), Number(ticks));
}
