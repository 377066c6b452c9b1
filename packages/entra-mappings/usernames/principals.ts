/**
 * The principals of an SSH user certificate, as step-ca derives them from the email address of the ID token
 * (smallstep/certificates, authority/provisioner/controller.go, DefaultIdentityFunc and SanitizeSSHUserPrincipal).
 * A host accepts a login as `bill` only if `bill` is one of the principals.
 */

function localPart(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 0 ? email : email.slice(0, at);
}

/** Returns the local part in lower case, without dots, and with `_` for each character other than `a-z 0-9 -`. */
export function sanitizedLocal(email: string): string {
  // Go converts U+0130 to a plain "i" in lower case; JavaScript adds a combining dot.
  const local = localPart(email).replaceAll("\u0130", "i").toLowerCase();
  // With the u flag, a character outside the basic multilingual plane counts once, as in Go.
  return local.replaceAll(".", "").replace(/[^a-z0-9-]/gu, "_");
}

/**
 * Returns the SSH principals of an address: sanitized local part, local part, whole address, without empty values and
 * duplicates. Returns none if there is no address.
 */
export function sshPrincipals(email: string | null | undefined): string[] {
  if (!email) return [];
  const all = [sanitizedLocal(email)];
  if (email.includes("@")) all.push(localPart(email));
  all.push(email);
  return [...new Set(all)].filter((principal) => principal !== "");
}

/** Returns whether the certificate for an address permits a login as `name`. The comparison is case-sensitive, as on hosts. */
export function isPrincipal(name: string, email: string): boolean {
  const { length } = name;
  if (length === 0) return false;
  // The most common case first: the name is the local part.
  if (email.charCodeAt(length) === 64 && email.slice(0, length) === name && email.indexOf("@", length + 1) < 0)
    return true;
  return name === email || name === sanitizedLocal(email);
}
