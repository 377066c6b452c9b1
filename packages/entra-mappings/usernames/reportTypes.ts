/** The user-name report: plain JSON, so that it can be a stack output, a file or part of a page. */
import type { Kind, Level } from "./findings";
import type { Grade } from "./posix";

/** A problem or a note of one user. */
export interface Finding {
  readonly kind: Kind;
  readonly level: Level;
  /** The reason, as one sentence. */
  readonly reason: string;
}

/** One user with its name and its findings. */
export interface UserRow {
  /** User principal name, or object id if there is none. */
  readonly user: string;
  readonly displayName?: string;
  readonly mail?: string;
  /** The mapped name; null if the mapping returns no value or the user is never provisioned. */
  readonly name: string | null;
  /** The name under the current mapping, if it is compared. */
  readonly before?: string | null;
  readonly grade?: Grade;
  /** Reasons why the grade is not `safe`. */
  readonly notes?: readonly string[];
  readonly findings: readonly Finding[];
}

/** A name that more than one user has. SCIM ignores case in user names. */
export interface Collision {
  /** The name in lower case. */
  readonly name: string;
  /** The first users that are mapped to the name, with the name in its original case. Limited. */
  readonly users: readonly { readonly user: string; readonly name: string }[];
  /** Number of all users that are mapped to the name. */
  readonly userCount: number;
}

/** A group inside an assigned group. Entra ID does not provision its members. */
export interface NestedGroup {
  readonly id?: string;
  readonly name: string;
  /** The assigned group that contains this group. */
  readonly parent: string;
}

/** Exact numbers over all users, also those without details. */
export interface ReportTotals {
  /** Number of rows: `clean` + `withErrors` + `withWarnings` + `withNotes`. */
  readonly users: number;
  readonly clean: number;
  /** Users by their most severe finding. */
  readonly withErrors: number;
  readonly withWarnings: number;
  readonly withNotes: number;
  /** Number of rows per grade of the name; `none` means no name. The sum equals `users`. */
  readonly grades: Readonly<Record<Grade | "none", number>>;
  /** Number of rows per kind of finding. A row can have several findings. */
  readonly findings: Readonly<Record<Kind, number>>;
  /** Number of names that more than one user has. */
  readonly collisionNames: number;
  readonly nestedGroups: number;
}

/** A finished report. */
export interface UsernameReport {
  readonly format: 1;
  /** The caller's description of the request, such as expression, preset and source. Displayed only. */
  readonly about: Readonly<Record<string, string>>;
  readonly compared: boolean;
  readonly totals: ReportTotals;
  /** Collisions, sorted by name. Limited; `totals.collisionNames` is the number of all. */
  readonly collisions: readonly Collision[];
  /** Users with details, limited per kind of finding (see `usersLeftOut`), sorted by user. */
  readonly users: readonly UserRow[];
  /** Number of users that are not in `users`, because the limits for their kinds of finding were reached. */
  readonly usersLeftOut: number;
  /** Limited; `totals.nestedGroups` is the number of all. */
  readonly nestedGroups: readonly NestedGroup[];
}
