/** Kinds of problems with a user's account, their levels and their texts. */
import { labelOf, reducedPrincipalName, type DirectoryUser } from "./user";
import type { PeopleWriter } from "./people";
import { checkPosixName } from "./posix";
import { sshPrincipals } from "./principals";
import { reservedReason } from "./reserved";

/** Severity of a finding. */
export type Level = "error" | "warn" | "info";

/** All finding kinds. The index of a kind is its bit in a user's flags. */
export const kinds = [
  "collision",
  "nameReuse",
  "invalid",
  "reserved",
  "noName",
  "evaluationFailed",
  "noMail",
  "otherDomain",
  "notPrincipal",
  "renamed",
  "guest",
  "nested",
  "disabled",
  "duplicateEntry",
] as const;
export type Kind = (typeof kinds)[number];

/** The level of a finding kind and its texts. */
export interface KindDescription {
  readonly level: Level;
  /** Short name for a table cell. */
  readonly title: string;
  /** The effect on the user, as a full sentence. */
  readonly meaning: string;
}

export const descriptions: Readonly<Record<Kind, KindDescription>> = {
  collision: {
    level: "error",
    title: "name collision",
    meaning:
      "Two or more users are mapped to one name. SCIM ignores case in user names, so only one user is provisioned.",
  },
  nameReuse: {
    level: "error",
    title: "name reuse",
    meaning:
      "The new mapping gives the user the current name of another user, and so access to that user's account and files.",
  },
  invalid: {
    level: "error",
    title: "invalid name",
    meaning: "useradd rejects the name on RHEL, on Debian or on both.",
  },
  reserved: {
    level: "error",
    title: "reserved name",
    meaning: "A system account, a service or a group with privileges uses the name.",
  },
  noName: {
    level: "error",
    title: "no name",
    meaning: "The mapping returns no value for the user. Entra ID does not provision a user without a user name.",
  },
  evaluationFailed: {
    level: "error",
    title: "evaluation failed",
    meaning: "The mapping cannot be evaluated for the user.",
  },
  noMail: {
    level: "error",
    title: "no mail",
    meaning:
      "The user has no mail, so the ID token has no email claim. The user cannot log in: the CA returns " +
      '"The request lacked necessary authorization".',
  },
  otherDomain: {
    level: "error",
    title: "other mail domain",
    meaning:
      "The mail is outside the provisioner's domains. The user cannot log in, because the CA rejects the address.",
  },
  notPrincipal: {
    level: "error",
    title: "not a principal",
    meaning:
      "The name is not among the SSH principals that step-ca derives from the mail. " +
      "Hosts reject the login although all other steps succeed.",
  },
  renamed: {
    level: "warn",
    title: "renamed",
    meaning: "The name changes. A renamed POSIX account is a new account on every host.",
  },
  guest: { level: "warn", title: "guest", meaning: "The user is a guest in the directory." },
  nested: {
    level: "warn",
    title: "nested member",
    meaning: "The user is a member of a nested group only. Entra ID provisions direct members only.",
  },
  disabled: {
    level: "info",
    title: "disabled",
    meaning: "The account is disabled in the directory. It is not provisioned, or it is deactivated.",
  },
  duplicateEntry: {
    level: "info",
    title: "duplicate entry",
    meaning: "The user appears more than once in the input. This is not a collision.",
  },
};

const worst: Readonly<Record<Level, number>> = { error: 3, warn: 2, info: 1 };

export function worstLevel(present: Iterable<Kind>): Level | undefined {
  let level: Level | undefined;
  for (const kind of present) {
    const found = descriptions[kind].level;
    if (level === undefined || worst[found] > worst[level]) level = found;
  }
  return level;
}

export const bit = Object.fromEntries(kinds.map((kind, index) => [kind, 1 << index])) as Record<Kind, number>;

/** Returns the kinds of a set of flags, in the order of `kinds`. */
export function kindsOf(flags: number): Kind[] {
  return kinds.filter((kind) => (flags & bit[kind]) !== 0);
}

/** Returns the flags of all kinds with this level or a more severe one. */
export function mask(level: Level): number {
  return kinds
    .filter((kind) => worst[descriptions[kind].level] >= worst[level])
    .reduce((flags, kind) => flags | bit[kind], 0);
}

/** Data for the text of one finding. */
export interface FindingContext {
  readonly user: DirectoryUser;
  readonly name: string | null;
  readonly email: string | null;
  readonly before?: string | null;
  readonly nestedIn?: string;
  readonly failure?: string;
  readonly domains?: readonly string[];
  /** Some other users that are mapped to the same name; `otherCount` is their total number. */
  readonly others?: readonly string[];
  readonly otherCount?: number;
  /** The user that has the name under the current mapping. */
  readonly formerOwner?: string;
  /** Default: names. */
  readonly people?: PeopleWriter;
}

/** Kinds whose reason quotes attributes of the user, or describes the characters of a name. */
const quoting: ReadonlySet<Kind> = new Set([
  "invalid",
  "reserved",
  "evaluationFailed",
  "otherDomain",
  "notPrincipal",
  "guest",
]);

function list(items: readonly string[], most: number, count = items.length): string {
  const shown = items.slice(0, most);
  const rest = count - shown.length;
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** Returns one finding of one user as a sentence. Without `names`, a reason that would quote the user is the general meaning. */
export function reason(kind: Kind, about: FindingContext): string {
  if (quoting.has(kind) && about.people !== undefined && about.people.mode !== "names")
    return descriptions[kind].meaning;
  const name = JSON.stringify(about.name ?? "");
  switch (kind) {
    case "collision":
      return `${name} is also the name of ${list(about.others ?? [], 3, about.otherCount)}.`;
    case "nameReuse":
      return `${name} is the name of ${about.formerOwner ?? "another user"} under the current mapping.`;
    case "invalid": {
      const verdict = checkPosixName(about.name ?? "");
      const debian = verdict.debian ? " useradd accepts it on Debian, but not on RHEL." : "";
      return `${name} is invalid: ${verdict.reasons.join("; ")}.${debian}`;
    }
    case "reserved":
      return `${name} is ${reservedReason(about.name ?? "") ?? "reserved"}.`;
    case "noName":
      return "The mapping returns no value.";
    case "evaluationFailed":
      return `The evaluation of the mapping failed: ${about.failure ?? "unknown reason"}`;
    case "noMail":
      return "The user has no mail and cannot log in, because the ID token has no email claim.";
    case "otherDomain":
      return `${about.email ?? ""} is outside the provisioner's domains (${list(about.domains ?? [], 5)}): the user cannot log in.`;
    case "notPrincipal":
      return `${name} is not among the SSH principals of ${about.email ?? ""} (${sshPrincipals(about.email).join(", ")}): login fails.`;
    case "renamed":
      return `The name changes from ${JSON.stringify(about.before ?? "")} to ${name}: a new account on every host.`;
    case "guest":
      return `A guest. Mappings read the user principal name as ${reducedPrincipalName(labelOf(about.user))}.`;
    case "nested":
      return `The user is only in the nested group ${JSON.stringify(about.nestedIn ?? "")} and is never provisioned.`;
    case "disabled":
      return "The account is disabled in the directory and is not provisioned.";
    case "duplicateEntry":
      return "The same user appears more than once in the input.";
  }
}
