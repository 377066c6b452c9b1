import { boundedList } from "entra-mappings";
import type { CheckFailure, PropertyMap, PropertyValue } from "../../host/types";
import type { Impact } from "./impact";

/** Maximum percentage of users that a change may affect. 100 means no limit. */
export interface Limits {
  maxRenamedPercent: number;
  maxLockedOutPercent: number;
}

export function limitsOf({ maxRenamedPercent, maxLockedOutPercent }: PropertyMap): Limits {
  const limit = (percent: PropertyValue | undefined) => (typeof percent === "number" ? percent : 100);
  return { maxRenamedPercent: limit(maxRenamedPercent), maxLockedOutPercent: limit(maxLockedOutPercent) };
}

/** Returns whether `some` of `all` users exceed a limit in percent. */
export function exceeds(some: number, all: number, percent: number): boolean {
  return some * 100 > percent * all;
}

/** Returns the lowest limit in percent that allows `some` of `all` users. */
function needed(some: number, all: number): number {
  return Math.min(100, Math.ceil((some * 100) / all));
}

/** Returns an error for each exceeded limit, with the affected users and the limit that would allow the change. */
export function limitViolations(impact: Impact, limits: Limits): CheckFailure[] {
  const { users, renamed, lockedOut } = impact;
  const { maxRenamedPercent, maxLockedOutPercent } = limits;
  const failures: CheckFailure[] = [];
  if (exceeds(renamed.length, users, maxRenamedPercent)) {
    const reason = limitExceededMessage("maxRenamedPercent", maxRenamedPercent, renamed.length, users);
    failures.push({ property: "mappings.userName", reason: [...renamesMessage(impact), reason] });
  }
  if (exceeds(lockedOut.length, users, maxLockedOutPercent)) {
    const reason = limitExceededMessage("maxLockedOutPercent", maxLockedOutPercent, lockedOut.length, users);
    failures.push({ property: "mappings", reason: [...lockedOutMessage(impact), reason] });
  }
  return failures;
}

/** Formats the exceeded limit and the setting that allows the change. */
export function limitExceededMessage(limit: keyof Limits, percent: number, some: number, all: number): string {
  return (
    `This exceeds ${limit} (${percent} percent); nothing was changed. If the change is intended, set ${limit} ` +
    `(safeguards.${limit} of the stack) to ${needed(some, all)} for this deployment.`
  );
}

/** Returns a warning for each effect on users; empty if no user is affected. */
export function warnings(impact: Impact): string[][] {
  const after = (subject: string, [first = "", ...users]: string[]) => [`${subject}: ${first}`, ...users];
  return [
    ...(impact.renamed.length > 0 ? [after("mappings.userName changes", renamesMessage(impact))] : []),
    ...(impact.lockedOut.length > 0 ? [after("mappings change", lockedOutMessage(impact))] : []),
  ];
}

function renamesMessage({ users, lists, renamed }: Impact): string[] {
  const lines = renamed.map(({ user, before, after }) => `${user}: ${before} -> ${after}`);
  const effect = `${renamed.length} of ${users} users get another name, and therefore a new account on every host`;
  return listed(effect, lines, lists);
}

function lockedOutMessage({ users, lists, lockedOut }: Impact): string[] {
  const lines = lockedOut.map(({ user, why }) => `${user}: ${why}`);
  return listed(`${lockedOut.length} of ${users} users could no longer log in`, lines, lists);
}

/** Returns a sentence with the list below it, or only the sentence. */
export function listed(sentence: string, lines: readonly string[], lists: boolean): string[] {
  return lists ? [`${sentence}:`, ...formatTruncated(lines)] : [`${sentence}.`];
}

/** Formats the first entries of a list, indented, and the number of the remaining ones. */
function formatTruncated(lines: readonly string[]): string[] {
  return boundedList(lines).map((line) => `  ${line}`);
}
