/** The report on user names: plain JSON, so that it can be a stack output, a file or a page. */
import type { Kind, Level } from "./findings";
import type { Grade } from "./posix";

export interface Finding {
  readonly kind: Kind;
  readonly level: Level;
  /** One sentence. */
  readonly reason: string;
}

export interface UserRow {
  /** Principal name, or object id. */
  readonly user: string;
  readonly displayName?: string;
  readonly mail?: string;
  /** The mapped name; null where the mapping yields nothing or the person is never provisioned. */
  readonly name: string | null;
  /** The name under the mapping compared with. */
  readonly before?: string | null;
  readonly grade?: Grade;
  /** Why the grade is not `safe`. */
  readonly notes?: readonly string[];
  readonly findings: readonly Finding[];
}

export interface Collision {
  /** The name in lower case. */
  readonly name: string;
  /** Everybody mapped to it, with the name as mapped. */
  readonly users: readonly { readonly user: string; readonly name: string }[];
}

/** A group inside an assigned group: Entra does not look into it. */
export interface NestedGroup {
  readonly id?: string;
  readonly name: string;
  /** The assigned group that holds it. */
  readonly parent: string;
}

export interface ReportTotals {
  /** Rows read: `clean` + `withErrors` + `withWarnings` + `withNotes`. */
  readonly users: number;
  readonly clean: number;
  /** People by their worst finding. */
  readonly withErrors: number;
  readonly withWarnings: number;
  readonly withNotes: number;
  /** Rows by the grade of the name; `none`: no name. Adds up to `users`. */
  readonly grades: Readonly<Record<Grade | "none", number>>;
  /** Rows per kind of finding; one may have several. */
  readonly findings: Readonly<Record<Kind, number>>;
  /** Names that more than one person has. */
  readonly collisionNames: number;
}

export interface UsernameReport {
  readonly format: 1;
  /** What was asked, in the caller's words: expression, preset, source. Shown, never interpreted. */
  readonly about: Readonly<Record<string, string>>;
  readonly compared: boolean;
  readonly totals: ReportTotals;
  /** Complete, sorted by name. */
  readonly collisions: readonly Collision[];
  /** People kept in detail, those with findings first of all; see `left out`. Sorted by user. */
  readonly users: readonly UserRow[];
  /** People not in `users`, because as many of their kind are there already. */
  readonly usersLeftOut: number;
  readonly nestedGroups: readonly NestedGroup[];
}
