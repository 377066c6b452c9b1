import "reflect-metadata";

import { randomUUID, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { SignJWT, type CryptoKey } from "jose";

import { send, type Answer } from "entra-emulator/testing";
import type { AdminKey } from "../adminKey";
import { RejectedRequest, type Provisioner, type ProvisionerChanges } from "../types";
import { toLinkedca } from "./linkedca";

/** Subject of the administrator that step-ca creates at its first start. */
const subject = "step";

/** Client of step-ca's admin API. Like `step ca admin`, it authenticates with an administrator's certificate that step-ca issues. */
export class AdminApi implements ProvisionerChanges {
  constructor(
    private readonly url: string,
    private readonly ca: string,
    private readonly admin: AdminKey,
  ) {}

  async add(provisioner: Provisioner): Promise<void> {
    await this.call("POST", "/admin/provisioners", toLinkedca(provisioner));
  }

  /** Keeps the id and dates that the CA assigned. */
  async update(provisioner: Provisioner): Promise<void> {
    const path = `/admin/provisioners/${encodeURIComponent(provisioner.name)}`;
    const { body } = await this.call("GET", path);
    await this.call("PUT", path, { ...body, ...toLinkedca(provisioner) });
  }

  async remove(name: string): Promise<void> {
    await this.call("DELETE", `/admin/provisioners/${encodeURIComponent(name)}`);
  }

  /** Sends a request of the administrator. @throws RejectedRequest */
  private async call(method: string, path: string, body?: object): Promise<Answer> {
    const { privateKey, chain } = await this.certificate();
    const url = `${this.url}${path}`;
    const x5c = chain.map((pem) => Buffer.from(x509.PemConverter.decodeFirst(pem)).toString("base64"));
    const authorization = await signToken({ x5c }, { iss: "step-admin-client/1.0", aud: url }, privateKey);
    return accepted(await send(this.ca, method, url, { headers: { authorization }, body: JSON.stringify(body) }));
  }

  /** Requests a new administrator's certificate for each call. It is valid for a day, and a kept sandbox can run longer. */
  private async certificate(): Promise<{ privateKey: webcrypto.CryptoKey; chain: string[] }> {
    const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const keys = await webcrypto.subtle.generateKey(signingAlgorithm, false, ["sign", "verify"]);
    const csr = await x509.Pkcs10CertificateRequestGenerator.create({
      name: `CN=${subject}`,
      keys,
      signingAlgorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: subject }])],
    });
    const { kid, provisioner, privateKey } = this.admin;
    const url = `${this.url}/1.0/sign`;
    const ott = await signToken({ kid }, { iss: provisioner, aud: url, sans: [subject] }, privateKey);
    const body = JSON.stringify({ csr: csr.toString("pem"), ott });
    const answer = accepted(await send(this.ca, "POST", url, { body }));
    return { privateKey: keys.privateKey, chain: answer.body.certChain };
  }
}

function accepted(answer: Answer): Answer {
  const { status, body } = answer;
  // The admin API uses another field for the message than the rest of step-ca.
  if (status >= 400) throw new RejectedRequest(status, body?.message ?? body?.detail ?? `the CA returned ${status}`);
  return answer;
}

/** Signs a token of the administrator that is valid for five minutes. */
function signToken(header: object, claims: { iss: string; aud: string; sans?: string[] }, key: CryptoKey) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", typ: "JWT", ...header })
    .setSubject(subject)
    .setIssuedAt()
    .setNotBefore("0s")
    .setExpirationTime("5m")
    .setJti(randomUUID())
    .sign(key);
}
