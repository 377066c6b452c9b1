/**
 * Builds the user-name report from a stream of users with little memory. Counts are exact and collisions complete; details of
 * users are limited per kind of finding.
 */
import { bit, descriptions, kindsOf, kinds, mask, reason, type FindingContext, type Kind } from "./findings";
import {
  ReportBuilder,
  type PartialReport,
  type ReportBuilderOptions,
  type UserDetail,
  type DetailQuota,
} from "./reportBuilder";
import { groupBy } from "./groupBy";
import type { NameTable } from "./nameIndex";
import { checkPosixName } from "./posix";
import type { Collision, NestedGroup, ReportTotals, UsernameReport, UserRow } from "./reportTypes";
import { labelOf, type DirectoryUser } from "./user";

/** Options of `createReport`. */
export interface ReportOptions extends ReportBuilderOptions {
  /** Copied to the report's `about`. */
  readonly about?: Readonly<Record<string, string>>;
}

/** A report that is being built from a stream of users. */
export interface UsernameReporter {
  /**
   * Checks one user and adds it.
   * @param nestedIn the name of the nested group, if the user is a member of a nested group only
   */
  add(user: DirectoryUser, nestedIn?: string): void;
  /** Appends users that another builder checked with the same options, after the users added so far. */
  append(gathered: PartialReport): void;
  /** Returns the remaining detail quota, for a builder in another thread. */
  quota(): DetailQuota;
  /** Adds a group inside an assigned group. */
  addNestedGroup(group: NestedGroup): void;
  /** Number of users added so far. */
  readonly count: number;
  /** Returns the report. Afterwards, `add` and `append` throw an error. */
  finish(): UsernameReport;
}

/** Creates a report. Add all users to it, then call `finish`. */
export function createReport(options: ReportOptions): UsernameReporter {
  const builder = new ReportBuilder(options);
  const { table, currentNames } = builder;
  const nestedGroups: NestedGroup[] = [];
  let finished = false;
  const unfinished = (): void => {
    if (finished) throw new Error("The report is finished. Users cannot be added to it.");
  };
  return {
    add(user, nestedIn) {
      unfinished();
      builder.add(user, nestedIn);
    },
    append(gathered) {
      unfinished();
      builder.append(gathered);
    },
    quota: () => builder.quota(),
    addNestedGroup: (group) => void nestedGroups.push(group),
    get count() {
      return table.size;
    },
    finish() {
      finished = true;
      if (currentNames !== undefined) markTakeovers(table, currentNames);
      const collisions = markCollisions(table);
      const byName = new Map(collisions.map((collision) => [collision.name, collision]));
      const { kept, grades } = builder;
      return {
        format: 1,
        about: options.about ?? {},
        compared: currentNames !== undefined,
        totals: totalsOf(table, grades, collisions.length),
        collisions,
        users: kept
          .map((one) => rowOf(one, table, currentNames, byName, options.domains))
          .sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : 0)),
        usersLeftOut: table.size - kept.length,
        nestedGroups,
      };
    },
  };
}

/** Flags all users of each colliding name, and the rows of users that appear more than once. */
function markCollisions(table: NameTable): Collision[] {
  const collisions: Collision[] = [];
  for (const members of table.collisions()) {
    const rowsOf = groupBy(members, (person) => table.labelOf(person).toLowerCase());
    for (const rows of rowsOf.values()) {
      const flags = (rows.length > 1 ? bit.duplicateEntry : 0) | (rowsOf.size > 1 ? bit.collision : 0);
      for (const person of rows) table.flag(person, flags);
    }
    if (rowsOf.size < 2) continue;
    const users = [...rowsOf.values()].map(([person = 0]) => ({
      user: table.labelOf(person),
      name: table.nameOf(person),
    }));
    collisions.push({ name: table.nameOf(members[0] as number).toLowerCase(), users });
  }
  return collisions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the first few other users of a colliding name and the number of all others. */
function othersOf({ users }: Collision, own: string): { others: string[]; otherCount: number } {
  const others: string[] = [];
  for (const { user } of users) {
    if (others.length === 3) break;
    if (user.toLowerCase() !== own.toLowerCase()) others.push(user);
  }
  return { others, otherCount: users.length - 1 };
}

/** Returns the first other user that has this name under the current mapping. */
function formerOwner(table: NameTable, current: NameTable, person: number): string | undefined {
  const own = table.labelOf(person).toLowerCase();
  for (const owner of current.usersWithName(table.nameOf(person))) {
    const label = current.labelOf(owner);
    if (label.toLowerCase() !== own) return label;
  }
  return undefined;
}

function markTakeovers(table: NameTable, current: NameTable): void {
  for (let person = 0; person < table.size; person++) {
    if ((table.flagsOf(person) & bit.renamed) === 0) continue;
    if (formerOwner(table, current, person) !== undefined) table.flag(person, bit.nameReuse);
  }
}

function totalsOf(table: NameTable, grades: ReportTotals["grades"], collisionNames: number): ReportTotals {
  const findings = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  const errors = mask("error");
  const warnings = mask("warn");
  let [clean, withErrors, withWarnings, withNotes] = [0, 0, 0, 0];
  for (let person = 0; person < table.size; person++) {
    const flags = table.flagsOf(person);
    if (flags === 0) {
      clean++;
      continue;
    }
    for (let index = 0; index < kinds.length; index++) {
      if ((flags & (1 << index)) !== 0) findings[kinds[index] as Kind]++;
    }
    if ((flags & errors) !== 0) withErrors++;
    else if ((flags & warnings) !== 0) withWarnings++;
    else withNotes++;
  }
  return { users: table.size, clean, withErrors, withWarnings, withNotes, grades, findings, collisionNames };
}

function rowOf(
  kept: UserDetail,
  table: NameTable,
  current: NameTable | undefined,
  collisions: ReadonlyMap<string, Collision>,
  domains: readonly string[] | undefined,
): UserRow {
  const { user, name, person } = kept;
  const flags = table.flagsOf(person);
  const collision = name === null ? undefined : collisions.get(name.toLowerCase());
  const { others, otherCount } =
    collision === undefined ? { others: [], otherCount: 0 } : othersOf(collision, labelOf(user));
  const owner = current !== undefined && name !== null ? formerOwner(table, current, person) : undefined;
  const about: FindingContext = {
    user,
    name,
    email: kept.email,
    before: kept.before,
    others,
    otherCount,
    ...(kept.nestedIn === undefined ? {} : { nestedIn: kept.nestedIn }),
    ...(kept.failure === undefined ? {} : { failure: kept.failure }),
    ...(domains === undefined ? {} : { domains }),
    ...(owner === undefined ? {} : { formerOwner: owner }),
  };
  const verdict = name === null ? undefined : checkPosixName(name);
  return {
    user: labelOf(user),
    ...(user.displayName ? { displayName: user.displayName } : {}),
    ...(user.mail ? { mail: user.mail } : {}),
    name,
    ...(current === undefined || (flags & bit.nested) !== 0 ? {} : { before: kept.before }),
    ...(verdict === undefined ? {} : { grade: verdict.grade, notes: verdict.reasons }),
    findings: kindsOf(flags).map((kind) => ({
      kind,
      level: descriptions[kind].level,
      reason: reason(kind, about),
    })),
  };
}
