/**
 * The report on user names, gathered one person at a time in little memory: counts are exact and collisions complete,
 * details of people are kept up to a limit per kind of finding.
 */
import type { AttributeLookup, Evaluator, OutputValue } from "../expression";
import { bit, descriptions, kindsOf, kinds, mask, reason, type Circumstances, type Kind } from "./findings";
import { groupBy } from "./group-by";
import { NameTable } from "./name-table";
import { gradeOf, judge, type Grade } from "./posix";
import { isPrincipal } from "./principals";
import type { Collision, NestedGroup, ReportTotals, UsernameReport, UserRow } from "./report-types";
import { reservedReason } from "./reserved";
import { attribute, isGuest, labelOf, type DirectoryUser } from "./user";

export interface ReportOptions {
  /** The compiled expression of `userName`. */
  readonly mapping: Evaluator;
  /** The e-mail address that the CA sees. Default: `[mail]`, of which Entra makes the ID token's email claim. */
  readonly email?: Evaluator;
  /** The mapping in force now: whoever has another name under it is renamed. */
  readonly compareWith?: Evaluator;
  /** Domains of the CA's OIDC provisioner. Default: not checked. Compared without case, as the CA does. */
  readonly domains?: readonly string[];
  /** People kept in detail for each kind of finding. Default 200; Infinity keeps all. */
  readonly keep?: number;
  /** People without any finding kept in detail. Default: as `keep`. */
  readonly keepClean?: number;
  /** People kept in detail whatever the limits. Default: nobody. */
  readonly always?: (user: DirectoryUser) => boolean;
  /** Copied to the report's `about`. */
  readonly about?: Readonly<Record<string, string>>;
}

export interface UsernameReporter {
  /** Judges one person. `nestedIn`: the nested group through which alone the person is a member. */
  add(user: DirectoryUser, nestedIn?: string): void;
  addNestedGroup(group: NestedGroup): void;
  /** People added so far. */
  readonly count: number;
  /** The report; nobody can be added afterwards. */
  finish(): UsernameReport;
}

/** A person kept in detail. */
interface Kept {
  readonly person: number;
  readonly user: DirectoryUser;
  readonly name: string | null;
  readonly email: string | null;
  readonly before: string | null;
  readonly nestedIn: string | undefined;
  readonly failure: string | undefined;
}

/** What rows and reasons need of a person; the rest of the object is let go. */
function essence(user: DirectoryUser): DirectoryUser {
  const { id, userPrincipalName, mail, displayName } = user;
  return {
    ...(id ? { id } : {}),
    ...(userPrincipalName ? { userPrincipalName } : {}),
    ...(mail ? { mail } : {}),
    ...(displayName ? { displayName } : {}),
  };
}

function single(value: OutputValue): string | null {
  const text = Array.isArray(value) ? (value[0] ?? null) : value;
  return text === "" ? null : text;
}

// Of this module's own: reading what another one exports costs a call, and these are read for everybody.
const flag = bit;
const [gradeName, reserved, principal] = [gradeOf, reservedReason, isPrincipal];
const [read, guest, label] = [attribute, isGuest, labelOf];

export function createReport(options: ReportOptions): UsernameReporter {
  const { mapping, email: emailOf, compareWith } = options;
  const limit = options.keep ?? 200;
  const cleanLimit = options.keepClean ?? limit;
  const domains = options.domains?.map((domain) => domain.toLowerCase());
  const table = new NameTable();
  const former = compareWith === undefined ? undefined : new NameTable();
  const kept: Kept[] = [];
  // By the place of the kind's bit; one more, for people without findings.
  const keptOf = new Uint32Array(kinds.length + 1);
  const grades: Record<Grade | "none", number> = { safe: 0, accepted: 0, refused: 0, none: 0 };
  const nestedGroups: NestedGroup[] = [];
  let finished = false;

  // One lookup for everybody: a closure for each would be most of the garbage.
  let current: DirectoryUser = {};
  const lookup: AttributeLookup = (name) => read(current, name);
  let failure: string | undefined;
  const evaluate = (evaluator: Evaluator): string | null => {
    try {
      return single(evaluator(lookup));
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      return null;
    }
  };

  const loginFlags = (user: DirectoryUser, name: string | null, email: string | null): number => {
    // Somebody disabled cannot log in anyway, and would only hide those who should be able to.
    if (user.accountEnabled === false) return flag.disabled;
    if (email === null) return flag.noMail;
    let flags = 0;
    if (domains !== undefined && !domains.includes(email.slice(email.lastIndexOf("@") + 1).toLowerCase())) {
      flags |= flag.otherDomain;
    }
    if (name !== null && !principal(name, email)) flags |= flag.notPrincipal;
    return flags;
  };

  const nameFlags = (name: string | null): number => {
    if (name === null) {
      grades.none++;
      return failure === undefined ? flag.nothing : flag.failed;
    }
    const grade = gradeName(name, table.classes);
    grades[grade]++;
    if (grade === "refused") return flag.invalid;
    return reserved(name) === undefined ? 0 : flag.reserved;
  };

  /** Whether a person's details are kept: as one of the first of some kind of finding, or without any. */
  const wanted = (flags: number): boolean => {
    if (flags === 0) return keepOneMore(kinds.length, cleanLimit);
    let wanted = false;
    for (let rest = flags; rest !== 0; rest &= rest - 1) {
      // The place of the lowest flag.
      if (keepOneMore(31 - Math.clz32(rest & -rest), limit)) wanted = true;
    }
    return wanted;
  };
  const keepOneMore = (place: number, most: number): boolean => {
    const have = keptOf[place] as number;
    if (have >= most) return false;
    keptOf[place] = have + 1;
    return true;
  };

  const add = (user: DirectoryUser, nestedIn?: string): void => {
    if (finished) throw new Error("The report is finished; nobody can be added to it.");
    current = user;
    failure = undefined;
    const name = nestedIn === undefined ? evaluate(mapping) : null;
    const who = label(user);
    const person = table.add(name, who);
    let email: string | null = null;
    let before: string | null = null;
    let flags: number;
    if (nestedIn === undefined) {
      flags = nameFlags(name);
      email = emailOf === undefined ? user.mail || null : evaluate(emailOf);
      flags |= loginFlags(user, name, email);
      if (guest(user)) flags |= flag.guest;
    } else {
      grades.none++;
      flags = flag.nested;
    }
    if (former !== undefined && compareWith !== undefined) {
      const wrong = failure;
      before = nestedIn === undefined ? evaluate(compareWith) : null;
      failure = wrong;
      former.add(before, who);
      if (before !== null && name !== null && before !== name) flags |= flag.renamed;
    }
    table.flag(person, flags);
    if (wanted(flags) || options.always?.(user) === true) {
      kept.push({ person, user: essence(user), name, email, before, nestedIn, failure });
    }
  };

  return {
    add,
    addNestedGroup: (group) => void nestedGroups.push(group),
    get count() {
      return table.size;
    },
    finish() {
      finished = true;
      if (former !== undefined) markTakeovers(table, former);
      const collisions = markCollisions(table);
      const sizes = new Map(collisions.map(({ name, users }) => [name, users.length]));
      return {
        format: 1,
        about: options.about ?? {},
        compared: former !== undefined,
        totals: totalsOf(table, grades, collisions.length),
        collisions,
        users: kept
          .map((one) => rowOf(one, table, former, sizes, options.domains))
          .sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : 0)),
        usersLeftOut: table.size - kept.length,
        nestedGroups,
      };
    },
  };
}

/** Flags everybody of each shared name, and the rows of people who appear more than once. */
function markCollisions(table: NameTable): Collision[] {
  const collisions: Collision[] = [];
  for (const people of table.shared()) {
    const rowsOf = groupBy(people, (person) => table.labelOf(person).toLowerCase());
    for (const rows of rowsOf.values()) {
      const flags = (rows.length > 1 ? bit.repeated : 0) | (rowsOf.size > 1 ? bit.collision : 0);
      for (const person of rows) table.flag(person, flags);
    }
    if (rowsOf.size < 2) continue;
    const users = [...rowsOf.values()].map(([person = 0]) => ({
      user: table.labelOf(person),
      name: table.nameOf(person),
    }));
    collisions.push({ name: table.nameOf(people[0] as number).toLowerCase(), users });
  }
  return collisions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The first few of the others who share a colliding name, and how many others there are. */
function othersOf(table: NameTable, person: number, sizes: ReadonlyMap<string, number>) {
  const name = table.nameOf(person);
  const others: string[] = [];
  const own = table.labelOf(person).toLowerCase();
  for (const other of table.everybody(name)) {
    const label = table.labelOf(other);
    if (label.toLowerCase() === own || others.includes(label)) continue;
    others.push(label);
    if (others.length === 3) break;
  }
  return { others, otherCount: (sizes.get(name.toLowerCase()) ?? 1) - 1 };
}

/** Who else has had this name before: the first person other than this one. */
function formerOwner(table: NameTable, former: NameTable, person: number): string | undefined {
  const own = table.labelOf(person).toLowerCase();
  for (const owner of former.everybody(table.nameOf(person))) {
    const label = former.labelOf(owner);
    if (label.toLowerCase() !== own) return label;
  }
  return undefined;
}

function markTakeovers(table: NameTable, former: NameTable): void {
  for (let person = 0; person < table.size; person++) {
    if ((table.flagsOf(person) & bit.renamed) === 0) continue;
    if (formerOwner(table, former, person) !== undefined) table.flag(person, bit.takeover);
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
  kept: Kept,
  table: NameTable,
  former: NameTable | undefined,
  sizes: ReadonlyMap<string, number>,
  domains: readonly string[] | undefined,
): UserRow {
  const { user, name, person } = kept;
  const flags = table.flagsOf(person);
  const { others, otherCount } =
    (flags & bit.collision) === 0 ? { others: [], otherCount: 0 } : othersOf(table, person, sizes);
  const owner = former !== undefined && name !== null ? formerOwner(table, former, person) : undefined;
  const about: Circumstances = {
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
  const verdict = name === null ? undefined : judge(name);
  return {
    user: labelOf(user),
    ...(user.displayName ? { displayName: user.displayName } : {}),
    ...(user.mail ? { mail: user.mail } : {}),
    name,
    ...(former === undefined || (flags & bit.nested) !== 0 ? {} : { before: kept.before }),
    ...(verdict === undefined ? {} : { grade: verdict.grade, notes: verdict.reasons }),
    findings: kindsOf(flags).map((kind) => ({
      kind,
      level: descriptions[kind].level,
      reason: reason(kind, about),
    })),
  };
}
