/**
 * What the report keeps of people while they pass by, one at a time: names and flags of everybody, details of a few. People may
 * be gathered in several threads, and what each has is put together in the order of the input.
 */
import type { AttributeLookup, Evaluator, OutputValue } from "../expression";
import { bit, kinds } from "./findings";
import { NameTable, type NameColumns } from "./name-table";
import { gradeOf, type Grade } from "./posix";
import { isPrincipal } from "./principals";
import { reservedReason } from "./reserved";
import { attribute, isGuest, labelOf, type DirectoryUser } from "./user";

export interface GatheringOptions {
  /** The compiled expression of `userName`. */
  readonly mapping: Evaluator;
  /** The e-mail address that the CA sees. Default: `[mail]`, of which Entra makes the ID token's email claim. */
  readonly email?: Evaluator;
  /** The mapping in force now: whoever has another name under it is renamed. */
  readonly currentExpression?: Evaluator;
  /** Domains of the CA's OIDC provisioner. Default: not checked. Compared without case, as the CA does. */
  readonly domains?: readonly string[];
  /** People kept in detail for each kind of finding. Default 200; Infinity keeps all. */
  readonly maxDetails?: number;
  /** People without any finding kept in detail. Default: as `keep`. */
  readonly maxCleanDetails?: number;
  /** People kept in detail whatever the limits. Default: nobody. */
  readonly alwaysInclude?: (user: DirectoryUser) => boolean;
}

/** A person kept in detail. */
export interface UserDetail {
  readonly person: number;
  readonly user: DirectoryUser;
  readonly name: string | null;
  readonly email: string | null;
  readonly before: string | null;
  readonly nestedIn: string | undefined;
  readonly failure: string | undefined;
}

/** How many people of each kind of finding are still to be kept in detail, by the place of its bit; last, of those without any. */
export type DetailQuota = Uint32Array;

type Grades = Record<Grade | "none", number>;

/** What was gathered of some people: plain data. */
export interface PartialReport {
  readonly names: NameColumns;
  readonly currentNames?: NameColumns;
  readonly kept: readonly UserDetail[];
  readonly grades: Readonly<Grades>;
}

/** Flags that are known of a person alone. */
const flag = bit;
// Of this module's own: reading what another one exports costs a call, and these are read for everybody.
const [gradeName, reserved, principal] = [gradeOf, reservedReason, isPrincipal];
const [read, guest, label] = [attribute, isGuest, labelOf];

/** What rows and reasons need of a person; the rest of the object is let go. */
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

export class ReportBuilder {
  readonly table = new NameTable();
  /** Names under the mapping compared with. */
  readonly currentNames: NameTable | undefined;
  kept: UserDetail[] = [];
  grades: Grades = noGrades();
  private left: DetailQuota;
  private readonly domains: readonly string[] | undefined;
  // One lookup for everybody: a closure for each would be most of the garbage.
  private current: DirectoryUser = {};
  private readonly lookup: AttributeLookup = (name) => read(this.current, name);
  private failure: string | undefined;

  constructor(private readonly options: GatheringOptions) {
    this.currentNames = options.currentExpression === undefined ? undefined : new NameTable();
    this.domains = options.domains?.map((domain) => domain.toLowerCase());
    const maxDetails = options.maxDetails ?? 200;
    this.left = new Uint32Array(kinds.length + 1).fill(Math.min(maxDetails, unlimited));
    this.left[kinds.length] = Math.min(options.maxCleanDetails ?? maxDetails, unlimited);
  }

  /** What is still to be kept: for another thread, which need not keep more. */
  room(): DetailQuota {
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

  /** Keeps no more details from now on than there is room for. */
  limit(room: DetailQuota): void {
    this.left = room;
  }

  /** Hands over what was gathered, and begins anew. */
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

  /** Adds people who were gathered elsewhere, after those who are here already. */
  append({ names, currentNames, kept, grades }: PartialReport): void {
    const first = this.table.size;
    this.table.append(names);
    if (currentNames !== undefined) this.currentNames?.append(currentNames);
    for (const grade of Object.keys(grades) as (keyof Grades)[]) this.grades[grade] += grades[grade];
    // Whoever was not kept there is not one of the first of any kind here either: there was at least as much room.
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
    // Somebody disabled cannot log in anyway, and would only hide those who should be able to.
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

  /** Whether a person's details are kept: as one of the first of some kind of finding, or without any. */
  private wanted(flags: number): boolean {
    if (flags === 0) return this.keepOneMore(kinds.length);
    let wanted = false;
    for (let rest = flags; rest !== 0; rest &= rest - 1) {
      // The place of the lowest flag.
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
