/** Checks users one by one and collects the data of the report: names and flags of all users, details of a limited number. */
import type { AttributeLookup, OutputValue } from "../expression/value";
import type { Evaluator } from "../expression/compile";
import { bit, kinds } from "./findings";
import { NameIndex } from "./nameIndex";
import { peopleWriter, type PeopleWriter } from "./people";
import { checkPosixName, gradeOf, type Grade, type Verdict } from "./posix";
import { isPrincipal } from "./principals";
import { reservedReason } from "./reserved";
import { attribute, isGuest, type DirectoryUser } from "./user";

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
  /**
   * Maximum number of users with details for each kind of finding and without findings, of names with collisions, of users of each of
   * these names, and of nested groups. Default: 200. Infinity keeps all.
   */
  readonly maxDetails?: number;
  /** Returns whether a user is kept with details regardless of the limits. Default: no user. */
  readonly alwaysInclude?: (user: DirectoryUser) => boolean;
  /** How the report shows people. Default: with their names and addresses. */
  readonly people?: PeopleWriter;
}

export const defaultMaxDetails = 200;

/** Details of one user. Without `names`, they hold pseudonyms only, and no property of the user. */
export interface UserDetail {
  readonly person: number;
  readonly user: DirectoryUser;
  readonly name: string | null;
  readonly verdict: Verdict | undefined;
  readonly email: string | null;
  readonly before: string | null;
  readonly nestedIn: string | undefined;
  readonly failure: string | undefined;
}

type Grades = Record<Grade | "none", number>;

// Local copies of imports: reading an imported binding costs a call, and this code reads them for every user.
const flag = bit;
const [gradeName, reserved, principal] = [gradeOf, reservedReason, isPrincipal];
const [read, guest] = [attribute, isGuest];

/** Picks the properties that rows and reasons need, so that the rest of the user object can be garbage collected. */
function pickReportFields(user: DirectoryUser): DirectoryUser {
  const { id, userPrincipalName, mail, displayName } = user;
  return { id, userPrincipalName, mail, displayName };
}

function single(value: OutputValue): string | null {
  const text = Array.isArray(value) ? (value[0] ?? null) : value;
  return text === "" ? null : text;
}

export class ReportBuilder {
  readonly table = new NameIndex();
  /** Names under the current mapping, if it is compared. */
  readonly currentNames: NameIndex | undefined;
  readonly kept: UserDetail[] = [];
  readonly grades: Grades = { safe: 0, accepted: 0, refused: 0, none: 0 };
  /** Remaining number of details for each kind of finding, by index of its bit. The last one is for users without findings. */
  private readonly left: number[];
  private readonly domains: readonly string[] | undefined;
  readonly people: PeopleWriter;
  // All users share one lookup: a closure for each user would cause most of the garbage.
  private current: DirectoryUser = {};
  private readonly lookup: AttributeLookup = (name) => read(this.current, name);
  private failure: string | undefined;

  constructor(private readonly options: ReportBuilderOptions) {
    this.currentNames = options.currentExpression === undefined ? undefined : new NameIndex();
    this.domains = options.domains?.map((domain) => domain.toLowerCase());
    this.people = options.people ?? peopleWriter();
    const maxDetails = this.people.lists ? (options.maxDetails ?? defaultMaxDetails) : 0;
    this.left = new Array<number>(kinds.length + 1).fill(maxDetails);
  }

  add(user: DirectoryUser, nestedIn?: string): void {
    const { options, table, currentNames, people } = this;
    this.current = user;
    this.failure = undefined;
    const name = nestedIn === undefined ? this.evaluate(options.mapping) : null;
    const who = people.user(user);
    const person = table.add(this.shown(name), who);
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
      currentNames.add(this.shown(before), who);
      if (before !== null && name !== null && before !== name) flags |= flag.renamed;
    }
    table.flag(person, flags);
    if (!this.wanted(flags) && !(people.lists && options.alwaysInclude?.(user) === true)) return;
    const verdict = name === null ? undefined : checkPosixName(name);
    this.kept.push(
      people.mode === "names"
        ? { person, user: pickReportFields(user), name, verdict, email, before, nestedIn, failure }
        : {
            person,
            user: { userPrincipalName: who },
            name: this.shown(name),
            verdict: verdict && { ...verdict, reasons: [] },
            email: null,
            before: this.shown(before),
            nestedIn,
            failure: undefined,
          },
    );
  }

  private shown(name: string | null): string | null {
    return name === null ? null : this.people.name(name);
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
    const grade = gradeName(name);
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
    const left = this.left[place] ?? 0;
    if (left === 0) return false;
    this.left[place] = left - 1;
    return true;
  }
}
