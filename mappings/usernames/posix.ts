/**
 * Which hosts accept a user name.
 *
 * - `safe`: `^[a-z][a-z0-9-]{0,30}$`, the common core of every rule known (systemd, docs/USER_NAMES.md).
 * - `accepted`: useradd takes it on Debian and on RHEL, but some tool somewhere does not; the notes say which.
 * - `refused`: useradd refuses it on RHEL, Debian or both.
 *
 * RHEL's and Fedora's useradd: `[a-zA-Z0-9_.][a-zA-Z0-9_.-]{0,30}[a-zA-Z0-9_.$-]?`, not `.`, not `..`, not digits alone
 * (shadow-utils, lib/chkname.c with the distribution's change). Debian 12's (4.13+dfsg1-1+deb12u1, as it behaves): up to
 * 32 bytes, no leading `-`, `+` or `~`, no `:`, `,`, white space or control character. What RHEL takes, Debian takes.
 */

export type Grade = "safe" | "accepted" | "refused";

export interface Verdict {
  readonly grade: Grade;
  /** Whether useradd of Debian 12 takes it. */
  readonly debian: boolean;
  /** Whether useradd of RHEL 8 and 9 takes it. */
  readonly rhel: boolean;
  /** Why it is not `safe`: clauses, each ending with its source in parentheses. Empty for a safe name. */
  readonly reasons: readonly string[];
}

/** Longest name that useradd takes (the user field of utmp), and that systemd takes in strict mode, in characters. */
export const maximumLength = 32;
export const safeLength = 31;

const LOWER = 1;
const DIGIT = 2;
const DASH = 4;
const DOT = 8;
const UNDERSCORE = 16;
const UPPER = 32;
const DOLLAR = 64;
/** A character that no name may have. */
export const OTHER = 128;

/** The class of each ASCII character, one bit each: names are graded by which classes they have. */
export const classOf = new Uint8Array(128).fill(OTHER);
classOf.fill(LOWER, 97, 123).fill(DIGIT, 48, 58).fill(UPPER, 65, 91);
classOf[45] = DASH;
classOf[46] = DOT;
classOf[95] = UNDERSCORE;
classOf[36] = DOLLAR;

function classesOf(name: string): number {
  let classes = 0;
  for (let i = 0; i < name.length; i++) classes |= classOf[name.charCodeAt(i)] ?? OTHER;
  return classes;
}

/** The grade alone, made for a million names: no regular expression, no allocation. `classes`: of all its characters. */
export function gradeOf(name: string, classes = classesOf(name)): Grade {
  const { length } = name;
  if (length === 0 || length > maximumLength || (classes & OTHER) !== 0) return "refused";
  const first = name.charCodeAt(0);
  if (first === 45 /* - */ || classes === DIGIT || (classes === DOT && length <= 2)) return "refused";
  if ((classes & DOLLAR) !== 0 && name.indexOf("$") !== (length === 1 ? -1 : length - 1)) return "refused";
  const common = (classes & ~(LOWER | DIGIT | DASH)) === 0;
  return common && classOf[first] === LOWER && length <= safeLength ? "safe" : "accepted";
}

function acceptedByDebian(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  return name !== "" && Buffer.byteLength(name) <= maximumLength && !/^[-+~]|[:,\s\u0000-\u001f\u007f]/.test(name);
}

const shadow = "shadow-utils lib/chkname.c";
const systemd = "systemd docs/USER_NAMES.md";
const adduser = "Debian adduser.conf NAME_REGEX";
const posix = "POSIX 3.437";

function quotedCharacters(name: string, allowed: RegExp): string {
  const odd = [...new Set([...name].filter((character) => !allowed.test(character)))];
  const shown = odd.slice(0, 5).map((character) => JSON.stringify(character));
  return shown.join(", ") + (odd.length > shown.length ? ` and ${odd.length - shown.length} more` : "");
}

function findErrors(name: string): string[] {
  if (name === "") return [`it is empty (${shadow})`];
  const reasons: string[] = [];
  const bytes = Buffer.byteLength(name);
  if (bytes > maximumLength) {
    const unit = bytes === name.length ? "characters" : "bytes";
    reasons.push(`it has ${bytes} ${unit}, and useradd takes ${maximumLength} (${shadow})`);
  }
  if (name === "." || name === "..") reasons.push(`it is the name of a directory (${shadow})`);
  else if (/^[0-9]+$/.test(name)) reasons.push(`it is all digits, which tools take for a user id (${shadow})`);
  if (name.startsWith("-")) reasons.push(`it begins with "-", which commands take for an option (${posix})`);
  const body = name.replace(/^-/, "").replace(/(?<=.)\$$/su, "");
  const odd = quotedCharacters(body, /^[A-Za-z0-9._-]$/u);
  if (odd !== "") reasons.push(`it has ${odd}, and only A-Z a-z 0-9 . _ - are allowed (${posix})`);
  return reasons;
}

function findWarnings(name: string): string[] {
  const reasons: string[] = [];
  if (name.length > safeLength) {
    reasons.push(`it has ${name.length} characters, and systemd's strict rule takes ${safeLength} (${systemd})`);
  }
  if (/[A-Z]/.test(name)) {
    reasons.push(`it has capitals: Debian's adduser refuses them, and hosts tell "Bill" from "bill" (${adduser})`);
  }
  if (name.startsWith(".")) reasons.push(`it begins with a dot, which hides the home directory (${systemd})`);
  if (name.includes(".")) {
    reasons.push(`it has a dot: adduser and systemd's strict rule refuse it, "chown a.b" is ambiguous (${systemd})`);
  }
  if (/^[0-9]/.test(name)) reasons.push(`it begins with a digit, which adduser and systemd refuse (${systemd})`);
  if (name.startsWith("_")) reasons.push(`it begins with an underscore, which adduser refuses (${adduser})`);
  else if (name.includes("_")) reasons.push(`it has an underscore, outside the common core (${systemd})`);
  if (name.endsWith("$")) reasons.push(`it ends with "$", which marks Samba machine accounts (${systemd})`);
  return reasons;
}

/** The grade with everything that led to it. */
export function checkPosixName(name: string): Verdict {
  const grade = gradeOf(name);
  const accepted = grade !== "refused";
  return {
    grade,
    debian: accepted || acceptedByDebian(name),
    rhel: accepted,
    reasons: grade === "safe" ? [] : grade === "accepted" ? findWarnings(name) : findErrors(name),
  };
}
