/** What can be wrong with a person's account, how bad it is, and how it is put into words. */
import { labelOf, reducedPrincipalName, type DirectoryUser } from "./user";
import { checkPosixName } from "./posix";
import { sshPrincipals } from "./principals";
import { reservedReason } from "./reserved";

export type Level = "error" | "warn" | "info";

/** Each kind owns one bit of a person's flags, in this order. */
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

export interface KindDescription {
  readonly level: Level;
  /** A few words: a table heading. */
  readonly title: string;
  /** What it means for the person, a full sentence. */
  readonly meaning: string;
}

export const descriptions: Readonly<Record<Kind, KindDescription>> = {
  collision: {
    level: "error",
    title: "name collision",
    meaning:
      "Two or more people are mapped to one name; SCIM compares user names without case, so only one is provisioned.",
  },
  nameReuse: {
    level: "error",
    title: "takes over a name",
    meaning:
      "The new mapping gives the person a name, and with it an account and files, that belonged to somebody else.",
  },
  invalid: {
    level: "error",
    title: "invalid name",
    meaning: "useradd refuses the name on RHEL, Debian or both.",
  },
  reserved: {
    level: "error",
    title: "reserved name",
    meaning: "The name is that of a system account, a service or a group that grants rights.",
  },
  noName: {
    level: "error",
    title: "no name",
    meaning: "The mapping yields nothing for the person, and a user without a user name is not provisioned.",
  },
  evaluationFailed: {
    level: "error",
    title: "mapping fails",
    meaning: "The mapping cannot be evaluated for the person.",
  },
  noMail: {
    level: "error",
    title: "no mail",
    meaning:
      "The person has no mail, so the ID token has no email and the CA answers " +
      '"The request lacked necessary authorization": cannot log in.',
  },
  otherDomain: {
    level: "error",
    title: "other mail domain",
    meaning: "The mail is outside the provisioner's domains, and the CA refuses it: cannot log in.",
  },
  notPrincipal: {
    level: "error",
    title: "not a principal",
    meaning:
      "The name is not among the SSH principals that step-ca derives from the mail: " +
      "hosts refuse the login although everything else succeeds.",
  },
  renamed: {
    level: "warn",
    title: "renamed",
    meaning: "The name changes; a renamed POSIX account is a new account on every host.",
  },
  guest: { level: "warn", title: "guest", meaning: "The person is a guest of the directory." },
  nested: {
    level: "warn",
    title: "nested member",
    meaning: "The person is a member of a nested group only; Entra provisions direct members only.",
  },
  disabled: {
    level: "info",
    title: "disabled",
    meaning: "The account is disabled in the directory: not provisioned, or deactivated if it already was.",
  },
  duplicateEntry: {
    level: "info",
    title: "repeated",
    meaning: "The person appears more than once in the input, which is no collision.",
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

/** The kinds of a set of flags, in the order of `kinds`. */
export function kindsOf(flags: number): Kind[] {
  return kinds.filter((kind) => (flags & bit[kind]) !== 0);
}

/** All flags whose level is at least this bad. */
export function mask(level: Level): number {
  return kinds
    .filter((kind) => worst[descriptions[kind].level] >= worst[level])
    .reduce((flags, kind) => flags | bit[kind], 0);
}

/** What is known of one finding when it is put into words. */
export interface FindingContext {
  readonly user: DirectoryUser;
  readonly name: string | null;
  readonly email: string | null;
  readonly before?: string | null;
  readonly nestedIn?: string;
  readonly failure?: string;
  readonly domains?: readonly string[];
  /** The first of the others who are mapped to the same name, and how many there are. */
  readonly others?: readonly string[];
  readonly otherCount?: number;
  /** Who had the name under the mapping compared with. */
  readonly formerOwner?: string;
}

function list(items: readonly string[], most: number, count = items.length): string {
  const shown = items.slice(0, most);
  const rest = count - shown.length;
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** One finding of one person as a sentence. */
export function reason(kind: Kind, about: FindingContext): string {
  const name = JSON.stringify(about.name ?? "");
  switch (kind) {
    case "collision":
      return `${name} is also the name of ${list(about.others ?? [], 3, about.otherCount)}.`;
    case "nameReuse":
      return `${name} is the name that ${about.formerOwner ?? "somebody else"} has under the present mapping.`;
    case "invalid": {
      const verdict = checkPosixName(about.name ?? "");
      const debian = verdict.debian ? " Debian's useradd takes it, RHEL's does not." : "";
      return `${name} is refused: ${verdict.reasons.join("; ")}.${debian}`;
    }
    case "reserved":
      return `${name} is ${reservedReason(about.name ?? "") ?? "reserved"}.`;
    case "noName":
      return "The mapping yields nothing.";
    case "evaluationFailed":
      return `The mapping fails: ${about.failure ?? "unknown reason"}`;
    case "noMail":
      return "No mail, so the ID token has no email: cannot log in.";
    case "otherDomain":
      return `${about.email ?? ""} is outside the provisioner's domains (${list(about.domains ?? [], 5)}): cannot log in.`;
    case "notPrincipal":
      return `${name} is not among the SSH principals of ${about.email ?? ""} (${sshPrincipals(about.email).join(", ")}): login fails.`;
    case "renamed":
      return `Was ${JSON.stringify(about.before ?? "")}, becomes ${name}: a new account on every host.`;
    case "guest":
      return `A guest, whom mappings see as ${reducedPrincipalName(labelOf(about.user))}.`;
    case "nested":
      return `Only in the nested group ${JSON.stringify(about.nestedIn ?? "")}: never provisioned.`;
    case "disabled":
      return "Disabled in the directory: not provisioned.";
    case "duplicateEntry":
      return "The same person appears more than once in the input.";
  }
}
