import type { CheckFailure, PropertyMap, PropertyValue } from "../host";
import { UNKNOWN } from "../host";
import type { Impact } from "./impact";

/** People named in a message; the rest is counted. */
const shown = 20;

/** How many people a change may affect, in per cent; 100: any number. */
export interface Limits {
  maxRenamedPercent: number;
  maxLockedOutPercent: number;
}

export const limitNames = ["maxRenamedPercent", "maxLockedOutPercent"] as const;

export function limitsOf(inputs: PropertyMap): Limits {
  const of = (name: (typeof limitNames)[number]) => (typeof inputs[name] === "number" ? inputs[name] : 100);
  return { maxRenamedPercent: of("maxRenamedPercent"), maxLockedOutPercent: of("maxLockedOutPercent") };
}

export function checkLimit(name: string, value: PropertyValue | undefined): CheckFailure[] {
  if (value === undefined || value === UNKNOWN) return [];
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 100) return [];
  return [{ property: name, reason: "must be a whole number from 0 to 100." }];
}

/** Whether so many are more than a limit allows. */
export function exceeds(some: number, all: number, percent: number): boolean {
  return some * 100 > percent * all;
}

/** The lowest limit that allows so many. */
function needed(some: number, all: number): number {
  return Math.min(100, Math.ceil((some * 100) / all));
}

/** What exceeds the limits, a sentence each, with what would allow it. */
export function limitViolations(impact: Impact, limits: Limits): CheckFailure[] {
  const { people, renamed, lockedOut } = impact;
  const { maxRenamedPercent, maxLockedOutPercent } = limits;
  const failures: CheckFailure[] = [];
  if (exceeds(renamed.length, people, maxRenamedPercent)) {
    const reason = limitExceededMessage("maxRenamedPercent", maxRenamedPercent, renamed.length, people);
    failures.push({ property: "mappings.userName", reason: `${renamesMessage(impact)}\n${reason}` });
  }
  if (exceeds(lockedOut.length, people, maxLockedOutPercent)) {
    const reason = limitExceededMessage("maxLockedOutPercent", maxLockedOutPercent, lockedOut.length, people);
    failures.push({ property: "mappings", reason: `${lockedOutMessage(impact)}\n${reason}` });
  }
  return failures;
}

/** Which limit is exceeded, and how to do it all the same. */
export function limitExceededMessage(limit: keyof Limits, percent: number, some: number, all: number): string {
  return (
    `That is more than ${limit} (${percent} per cent) allows; nothing was changed. If it is meant, set ${limit} ` +
    `(safeguards.${limit} of the stack) to ${needed(some, all)} for this deployment.`
  );
}

/** What the change does, for a warning; nothing when it affects nobody. */
export function warnings(impact: Impact): string[] {
  return [
    ...(impact.renamed.length > 0 ? [`mappings.userName changes: ${renamesMessage(impact)}`] : []),
    ...(impact.lockedOut.length > 0 ? [`mappings change: ${lockedOutMessage(impact)}`] : []),
  ];
}

function renamesMessage({ people, renamed }: Impact): string {
  const lines = renamed.map(({ user, before, after }) => `${user}: ${before} -> ${after}`);
  return `${renamed.length} of ${people} people get another name, and so a new account on every host:\n${formatTruncated(lines)}`;
}

function lockedOutMessage({ people, lockedOut }: Impact): string {
  const lines = lockedOut.map(({ user, why }) => `${user}: ${why}`);
  return `${lockedOut.length} of ${people} people could no longer log in:\n${formatTruncated(lines)}`;
}

/** The first of a list, indented, and how many more there are. */
export function formatTruncated(lines: readonly string[]): string {
  const more = lines.length > shown ? [`and ${lines.length - shown} more`] : [];
  return [...lines.slice(0, shown), ...more].map((line) => `  ${line}`).join("\n");
}
