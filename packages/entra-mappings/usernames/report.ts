/**
 * Builds the user-name report from a stream of users with little memory. Counts are exact; lists are
 * limited.
 */
import { bit, descriptions, kindsOf, kinds, mask, reason, type FindingContext, type Kind } from "./findings";
import { defaultMaxDetails, ReportBuilder, type ReportBuilderOptions, type UserDetail } from "./reportBuilder";
import type { NameIndex } from "./nameIndex";
import type { Collision, NestedGroup, ReportTotals, UsernameReport, UserRow } from "./reportTypes";
import { truncate } from "../escapeInvisible";
import { labelOf, type DirectoryUser } from "./user";

/** Maximum length of a reason, which quotes names. Names in Entra ID have at most 256 characters. */
const longestReason = 1500;

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
  /** Adds a group inside an assigned group. */
  addNestedGroup(group: NestedGroup): void;
  /** Number of users added so far. */
  readonly count: number;
  /** Returns the report. Afterwards, `add` throws an error. */
  finish(): UsernameReport;
}

/** Creates a report. Add all users to it, then call `finish`. */
export function createReport(options: ReportOptions): UsernameReporter {
  const builder = new ReportBuilder(options);
  const { table, currentNames, people } = builder;
  const nestedGroups: NestedGroup[] = [];
  const maxDetails = options.maxDetails ?? defaultMaxDetails;
  const maxPeople = people.lists ? maxDetails : 0;
  let finished = false;
  return {
    add(user, nestedIn) {
      if (finished) throw new Error("The report is finished. Users cannot be added to it.");
      builder.add(user, nestedIn);
    },
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
        totals: { ...totalsOf(table), grades, collisionNames: collisions.length, nestedGroups: nestedGroups.length },
        collisions: collisions
          .slice(0, maxPeople)
          .map((collision) => ({ ...collision, users: collision.users.slice(0, maxPeople) })),
        users: kept
          .map((one) => rowOf(one, table, currentNames, byName, options))
          .sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : 0)),
        usersLeftOut: table.size - kept.length,
        nestedGroups: nestedGroups.slice(0, maxDetails),
      };
    },
  };
}

/** Flags all users of each colliding name, and the rows of users that appear more than once. */
function markCollisions(table: NameIndex): Collision[] {
  const collisions: Collision[] = [];
  for (const [name, members] of table.collisions()) {
    const rowsOf = Map.groupBy(members, (person) => table.labelOf(person).toLowerCase());
    for (const rows of rowsOf.values()) {
      const flags = (rows.length > 1 ? bit.duplicateEntry : 0) | (rowsOf.size > 1 ? bit.collision : 0);
      for (const person of rows) table.flag(person, flags);
    }
    if (rowsOf.size < 2) continue;
    const users = [...rowsOf.values()].map(([person = 0]) => ({
      user: table.labelOf(person),
      name: table.nameOf(person),
    }));
    collisions.push({ name, users, userCount: users.length });
  }
  return collisions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the first few other users of a colliding name and the number of all others. */
function othersOf({ users, userCount }: Collision, own: string): { others: string[]; otherCount: number } {
  const others: string[] = [];
  for (const { user } of users) {
    if (others.length === 3) break;
    if (user.toLowerCase() !== own.toLowerCase()) others.push(user);
  }
  return { others, otherCount: userCount - 1 };
}

/** Returns the first other user that has this name under the current mapping. */
function formerOwner(table: NameIndex, current: NameIndex, person: number): string | undefined {
  const own = table.labelOf(person).toLowerCase();
  for (const owner of current.usersWithName(table.nameOf(person))) {
    const label = current.labelOf(owner);
    if (label.toLowerCase() !== own) return label;
  }
  return undefined;
}

function markTakeovers(table: NameIndex, current: NameIndex): void {
  for (let person = 0; person < table.size; person++) {
    if ((table.flagsOf(person) & bit.renamed) === 0) continue;
    if (formerOwner(table, current, person) !== undefined) table.flag(person, bit.nameReuse);
  }
}

function totalsOf(table: NameIndex): Omit<ReportTotals, "grades" | "collisionNames" | "nestedGroups"> {
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
    for (const kind of kinds) if ((flags & bit[kind]) !== 0) findings[kind]++;
    if ((flags & errors) !== 0) withErrors++;
    else if ((flags & warnings) !== 0) withWarnings++;
    else withNotes++;
  }
  return { users: table.size, clean, withErrors, withWarnings, withNotes, findings };
}

function rowOf(
  kept: UserDetail,
  table: NameIndex,
  current: NameIndex | undefined,
  collisions: ReadonlyMap<string, Collision>,
  { domains, people }: Pick<ReportOptions, "domains" | "people">,
): UserRow {
  const { user, name, person, verdict } = kept;
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
    nestedIn: kept.nestedIn,
    failure: kept.failure,
    domains,
    formerOwner: owner,
    people,
  };
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
      reason: truncate(reason(kind, about), longestReason),
    })),
  };
}
