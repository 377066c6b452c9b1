/**
 * Grades user names by the hosts that accept them.
 *
 * - `safe`: `^[a-z][a-z0-9-]{0,30}$`, the common core of all known rules (systemd, docs/USER_NAMES.md).
 * - `accepted`: useradd accepts the name on Debian and on RHEL, but some other tools reject it; the notes name them.
 * - `refused`: useradd rejects the name on RHEL, on Debian or on both.
 *
 * useradd of RHEL and Fedora: `[a-zA-Z0-9_.][a-zA-Z0-9_.-]{0,30}[a-zA-Z0-9_.$-]?`, except `.`, `..` and digits only
 * (shadow-utils, lib/chkname.c with the distribution's patch). Debian 12 (measured with 4.13+dfsg1-1+deb12u1): up to 32 bytes,
 * no leading `-`, `+` or `~`, no `:`, `,`, white space or control character. Debian accepts every name that RHEL accepts.
 */

/** `safe`: all hosts accept the name. `accepted`: useradd on Debian and RHEL accepts it. `refused`: at least one rejects it. */
export type Grade = "safe" | "accepted" | "refused";

/** The grade of a name with its reasons. */
export interface Verdict {
  readonly grade: Grade;
  /** Whether useradd of Debian 12 accepts the name. */
  readonly debian: boolean;
  /** Whether useradd of RHEL 8 and 9 accepts the name. */
  readonly rhel: boolean;
  /** Reasons why the name is not `safe`: clauses, each with its source in parentheses. Empty for a safe name. */
  readonly reasons: readonly string[];
}

/** Maximum length in characters: for useradd (size of the user field in utmp), and for systemd in strict mode. */
const maximumLength = 32;
const safeLength = 31;

const SAFE = /^[a-z][a-z0-9-]{0,30}$/;
const RHEL = /^(?!\.{1,2}$|\d+$)[A-Za-z0-9_.][A-Za-z0-9_.-]{0,30}[A-Za-z0-9_.$-]?$/;

/** Returns the grade of a name. */
export function gradeOf(name: string): Grade {
  if (SAFE.test(name)) return "safe";
  return RHEL.test(name) ? "accepted" : "refused";
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
    reasons.push(`it has ${bytes} ${unit}, and useradd allows ${maximumLength} (${shadow})`);
  }
  if (name === "." || name === "..") reasons.push(`it is the name of a directory (${shadow})`);
  else if (/^[0-9]+$/.test(name)) reasons.push(`it is all digits, which tools interpret as a user id (${shadow})`);
  if (name.startsWith("-")) reasons.push(`it begins with "-", which commands interpret as an option (${posix})`);
  const body = name.replace(/^-/, "").replace(/(?<=.)\$$/su, "");
  const odd = quotedCharacters(body, /^[A-Za-z0-9._-]$/u);
  if (odd !== "") reasons.push(`it has ${odd}, and only A-Z a-z 0-9 . _ - are allowed (${posix})`);
  return reasons;
}

function findWarnings(name: string): string[] {
  const reasons: string[] = [];
  if (name.length > safeLength) {
    reasons.push(`it has ${name.length} characters, and systemd's strict rule allows ${safeLength} (${systemd})`);
  }
  if (/[A-Z]/.test(name)) {
    reasons.push(
      `it has upper-case letters: Debian's adduser rejects them, and hosts distinguish "Bill" from "bill" (${adduser})`,
    );
  }
  if (name.startsWith(".")) reasons.push(`it begins with a dot, which hides the home directory (${systemd})`);
  if (name.includes(".")) {
    reasons.push(
      `it has a dot: adduser and systemd's strict rule reject it, and "chown a.b" is ambiguous (${systemd})`,
    );
  }
  if (/^[0-9]/.test(name)) reasons.push(`it begins with a digit, which adduser and systemd reject (${systemd})`);
  if (name.startsWith("_")) reasons.push(`it begins with an underscore, which adduser rejects (${adduser})`);
  else if (name.includes("_")) reasons.push(`it has an underscore, which is outside the common core (${systemd})`);
  if (name.endsWith("$")) reasons.push(`it ends with "$", which marks Samba machine accounts (${systemd})`);
  return reasons;
}

/** Checks a user name and returns its grade with all reasons. */
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
