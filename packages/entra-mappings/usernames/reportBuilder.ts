/**
 * Collects the data of the report from a stream of users: names and flags of all users, details of a limited number.
 * Several threads can build partial reports, which are then appended in the order of the input.
 */
import type { AttributeLookup, OutputValue } from "../expression/value";
import type { Evaluator } from "../expression/compile";
import { bit, kinds } from "./findings";
import { NameTable, type NameColumns } from "./nameIndex";
import { gradeOf, type Grade } from "./posix";
import { isPrincipal } from "./principals";
import { reservedReason } from "./reserved";
import { attribute, isGuest, labelOf, type DirectoryUser } from "./user";

/** Mapping, checks and limits of a report. */
export interface ReportBuilderOptions {
  /** The compiled expression of `userName`. */
  readonly mapping: Evaluator;
  /** The email address that the CA receives. Default: `[mail]`, from which Entra ID creates the ID token's email claim. */
  readonly email?: Evaluator;
  /** The current mapping: a user with a different name under it is reported as renamed. Default: no comparison. */
  readonly currentExpression?: Evaluator;
  /** Domains of the CA's OIDC provisioner. Default: not checked. The comparison ignores case, as the CA does. */
  readonly domains?: readonly string[];
  /** Maximum number of users with details for each kind of finding. Default: 200. Infinity keeps all. */
  readonly maxDetails?: number;
  /** Maximum number of users without findings that are kept with details. Default: the value of `maxDetails`. */
  readonly maxCleanDetails?: number;
  /** Returns whether a user is kept with details regardless of the limits. Default: no user. */
  readonly alwaysInclude?: (user: DirectoryUser) => boolean;
}

/** Details of one user. */
export interface UserDetail {
  readonly person: number;
  readonly user: DirectoryUser;
  readonly name: string | null;
  readonly email: string | null;
  readonly before: string | null;
  readonly nestedIn: string | undefined;
  readonly failure: string | undefined;
}

/** Remaining number of details for each kind of finding, by index of its bit. The last entry is for users without findings. */
export type DetailQuota = Uint32Array;

type Grades = Record<Grade | "none", number>;

/** The collected data of some users, as plain data that threads can exchange. */
export interface PartialReport {
  readonly names: NameColumns;
  readonly currentNames?: NameColumns;
  readonly kept: readonly UserDetail[];
  readonly grades: Readonly<Grades>;
}

// Local copies of imports: reading an imported binding costs a call, and this code reads them for every user.
const flag = bit;
const [gradeName, reserved, principal] = [gradeOf, reservedReason, isPrincipal];
const [read, guest, label] = [attribute, isGuest, labelOf];

/** Picks the properties that rows and reasons need, so that the rest of the user object can be garbage collected. */
function pickReportFields(user: DirectoryUser): DirectoryUser {
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

const noGrades = (): Grades => ({ safe: 0, accepted: 0, refused: 0, none: 0 });
const unlimited = 2 ** 32 - 1;

/** Collects a part of a report, for a thread that does not build the whole report. Use `createReport` in all other cases. */
export class ReportBuilder {
  readonly table = new NameTable();
  /** Names under the current mapping, if it is compared. */
  readonly currentNames: NameTable | undefined;
  kept: UserDetail[] = [];
  grades: Grades = noGrades();
  private left: DetailQuota;
  private readonly domains: readonly string[] | undefined;
  // All users share one lookup: a closure for each user would cause most of the garbage.
  private current: DirectoryUser = {};
  private readonly lookup: AttributeLookup = (name) => read(this.current, name);
  private failure: string | undefined;

  constructor(private readonly options: ReportBuilderOptions) {
    this.currentNames = options.currentExpression === undefined ? undefined : new NameTable();
    this.domains = options.domains?.map((domain) => domain.toLowerCase());
    const maxDetails = options.maxDetails ?? 200;
    this.left = new Uint32Array(kinds.length + 1).fill(Math.min(maxDetails, unlimited));
    this.left[kinds.length] = Math.min(options.maxCleanDetails ?? maxDetails, unlimited);
  }

  /** Returns the remaining detail quota, for another thread that need not keep more. */
  quota(): DetailQuota {
    return this.left.slice();
  }

  add(user: DirectoryUser, nestedIn?: string): void {
    const { options, table, currentNames } = this;
    this.current = user;
    this.failure = undefined;
    const name = nestedIn === undefined ? this.evaluate(options.mapping) : null;
    const who = label(user);
    const person = table.add(name, who);
    let email: string | null = null;
    let before: string | null = null;
    let flags: number;
    if (nestedIn === undefined) {
      flags = this.nameFlags(name);
      email = options.email === undefined ? user.mail || null : this.evaluate(options.email);
      flags |= this.loginFlags(user, name, email);
      if (guest(user)) flags |= flag.guest;
    } else {
      this.grades.none++;
      flags = flag.nested;
    }
    const { failure } = this;
    if (currentNames !== undefined && options.currentExpression !== undefined) {
      before = nestedIn === undefined ? this.evaluate(options.currentExpression) : null;
      currentNames.add(before, who);
      if (before !== null && name !== null && before !== name) flags |= flag.renamed;
    }
    table.flag(person, flags);
    if (this.wanted(flags) || options.alwaysInclude?.(user) === true) {
      this.kept.push({ person, user: pickReportFields(user), name, email, before, nestedIn, failure });
    }
  }

  /** Replaces the remaining detail quota. */
  limit(quota: DetailQuota): void {
    this.left = quota;
  }

  /** Returns the collected data and resets the builder. */
  take(): PartialReport {
    const { kept, grades, currentNames } = this;
    this.kept = [];
    this.grades = noGrades();
    return {
      names: this.table.take(),
      ...(currentNames === undefined ? {} : { currentNames: currentNames.take() }),
      kept,
      grades,
    };
  }

  /** Appends users that another builder collected, after the users added so far. */
  append({ names, currentNames, kept, grades }: PartialReport): void {
    const first = this.table.size;
    this.table.append(names);
    if (currentNames !== undefined) this.currentNames?.append(currentNames);
    for (const grade of Object.keys(grades) as (keyof Grades)[]) this.grades[grade] += grades[grade];
    // The other builder's quota was at least as large as the quota here, so a user it dropped would be dropped here too.
    for (const one of kept) {
      const person = first + one.person;
      if (!this.wanted(this.table.flagsOf(person)) && this.options.alwaysInclude?.(one.user) !== true) continue;
      this.kept.push({ ...one, person });
    }
  }

  private evaluate(evaluator: Evaluator): string | null {
    try {
      return single(evaluator(this.lookup));
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      return null;
    }
  }

  private loginFlags(user: DirectoryUser, name: string | null, email: string | null): number {
    // A disabled user cannot log in anyway. More findings would hide the users that should be able to log in.
    if (user.accountEnabled === false) return flag.disabled;
    if (email === null) return flag.noMail;
    const { domains } = this;
    let flags = 0;
    if (domains !== undefined && !domains.includes(email.slice(email.lastIndexOf("@") + 1).toLowerCase())) {
      flags |= flag.otherDomain;
    }
    if (name !== null && !principal(name, email)) flags |= flag.notPrincipal;
    return flags;
  }

  private nameFlags(name: string | null): number {
    if (name === null) {
      this.grades.none++;
      return this.failure === undefined ? flag.noName : flag.evaluationFailed;
    }
    const grade = gradeName(name, this.table.classes);
    this.grades[grade]++;
    if (grade === "refused") return flag.invalid;
    return reserved(name) === undefined ? 0 : flag.reserved;
  }

  /** Returns whether the quota of one of the user's finding kinds, or of users without findings, allows one more detail. */
  private wanted(flags: number): boolean {
    if (flags === 0) return this.keepOneMore(kinds.length);
    let wanted = false;
    for (let rest = flags; rest !== 0; rest &= rest - 1) {
      // 31 - clz32(...) is the index of the lowest flag.
      if (this.keepOneMore(31 - Math.clz32(rest & -rest))) wanted = true;
    }
    return wanted;
  }

  private keepOneMore(place: number): boolean {
    const left = this.left[place] as number;
    if (left === 0) return false;
    this.left[place] = left - 1;
    return true;
  }
}
