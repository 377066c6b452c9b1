import { generateKeyPairSync } from "node:crypto";
import sshpk from "sshpk";

import { send } from "entra-emulator/testing";

/** The parts of an SSH certificate that a host evaluates. */
interface SshCertificate {
  type: string;
  keyId: string;
  principals: string[];
  /** Whether the certificate is for the requested key and signed by the CA's user key. */
  genuine: boolean;
  validFrom: Date;
  validUntil: Date;
}

/**
 * Requests a certificate for a new key with an ID token as credential, as `step ssh login` does after the user has signed in.
 * `changes` override fields of the request. Returns the certificate, or the message for the rejected user.
 */
export async function signUser(
  ca: { url: string; rootCert: string },
  idToken: string,
  changes: { certType?: "user" | "host"; principals?: string[] } = {},
): Promise<{ status: number; certificate: SshCertificate } | { status: number; message: string }> {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = sshpk.parseKey(publicKey.export({ type: "spki", format: "pem" }), "pem");
  const request = { publicKey: key.toBuffer("rfc4253").toString("base64"), ott: idToken, certType: "user", ...changes };
  const { status, body } = await send(ca.rootCert, "POST", `${ca.url}/1.0/ssh/sign`, { body: JSON.stringify(request) });
  if (status !== 201) return { status, message: body.message };
  const roots = (await send(ca.rootCert, "GET", `${ca.url}/1.0/ssh/roots`)).body.userKey;
  return { status, certificate: read(body.crt, key, roots) };
}

function read(crt: string, key: sshpk.Key, roots: string[]): SshCertificate {
  const wire = Buffer.from(crt, "base64");
  // The first field is the length and the name of the type.
  const type = wire.subarray(4, 4 + wire.readUInt32BE(0)).toString();
  const certificate = sshpk.parseCertificate(`${type} ${crt}`, "openssh");
  const { openssh } = certificate.signatures as { openssh?: { keyId?: string } };
  const principals = certificate.subjects.map((subject) => subject.uid ?? subject.hostname ?? "");
  const signers = roots.map((root) => sshpk.parseKey(Buffer.from(root, "base64"), "rfc4253"));
  return {
    type,
    keyId: openssh?.keyId ?? "",
    // The library returns "*" for an empty list, but current hosts reject a certificate without principals.
    principals: principals.length === 1 && principals[0] === "*" ? [] : principals,
    genuine:
      certificate.subjectKey.fingerprint("sha256").toString() === key.fingerprint("sha256").toString() &&
      signers.some((signer) => certificate.isSignedByKey(signer)),
    validFrom: certificate.validFrom,
    validUntil: certificate.validUntil,
  };
}
