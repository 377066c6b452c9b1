/**
 * The principals of an SSH user certificate, as step-ca derives them from the e-mail address of the ID token
 * (smallstep/certificates, authority/provisioner/controller.go, DefaultIdentityFunc and SanitizeSSHUserPrincipal).
 * A host lets somebody in as `bill` only if `bill` is one of them.
 */

function localPart(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 0 ? email : email.slice(0, at);
}

/** Lower case, dots dropped, `a-z 0-9 -` kept, any other character made an underscore. */
export function sanitizedLocal(email: string): string {
  // Go lower-cases U+0130 to a plain "i"; JavaScript adds a combining dot.
  const local = localPart(email).replaceAll("\u0130", "i").toLowerCase();
  // With the u flag a character outside the basic plane counts once, as in Go.
  return local.replaceAll(".", "").replace(/[^a-z0-9-]/gu, "_");
}

/** Sanitised local part, local part as it is, whole address; empty ones and repetitions left out. None for no address. */
export function sshPrincipals(email: string | null | undefined): string[] {
  if (!email) return [];
  const all = [sanitizedLocal(email)];
  if (email.includes("@")) all.push(localPart(email));
  all.push(email);
  return [...new Set(all)].filter((principal) => principal !== "");
}

/** Whether a login as `name` is covered by the certificate. Hosts compare case and all. */
export function isPrincipal(name: string, email: string): boolean {
  const { length } = name;
  if (length === 0) return false;
  // The common case first: the name is the local part.
  if (email.charCodeAt(length) === 64 && email.slice(0, length) === name && email.indexOf("@", length + 1) < 0)
    return true;
  return name === email || name === sanitizedLocal(email);
}
