import "reflect-metadata";

import { randomUUID, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { SignJWT } from "jose";

import { RejectedRequest } from "../administration";
import type { Provisioner } from "../types";
import { adminSubject, type AdminKey } from "./config";
import { call, messageOf, type Answer } from "./http";
import { toLinkedca } from "./linkedca";

const tokenLifetime = "5m";

/** Client of step-ca's admin API. Like `step ca admin`, it authenticates with an administrator's certificate that step-ca issues. */
export class AdminApi {
  constructor(
    private readonly url: string,
    private readonly ca: string,
    private readonly admin: AdminKey,
  ) {}

  /** Adds a provisioner. @throws RejectedRequest */
  async addProvisioner(provisioner: Provisioner): Promise<void> {
    const answer = await this.send("POST", "/admin/provisioners", toLinkedca(provisioner));
    if (answer.status !== 201) throw new RejectedRequest(answer.status, messageOf(answer));
  }

  /** Updates a provisioner. Keeps the id and dates that the CA assigned. @throws RejectedRequest */
  async updateProvisioner(provisioner: Provisioner): Promise<void> {
    const path = `/admin/provisioners/${encodeURIComponent(provisioner.name)}`;
    const found = await this.send("GET", path);
    if (found.status !== 200) throw new RejectedRequest(found.status, messageOf(found));
    const answer = await this.send("PUT", path, { ...found.body, ...toLinkedca(provisioner) });
    if (answer.status !== 200) throw new RejectedRequest(answer.status, messageOf(answer));
  }

  /** Removes a provisioner. @throws RejectedRequest */
  async removeProvisioner(name: string): Promise<void> {
    const answer = await this.send("DELETE", `/admin/provisioners/${encodeURIComponent(name)}`);
    if (answer.status !== 200) throw new RejectedRequest(answer.status, messageOf(answer));
  }

  private async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const { keys, chain } = await this.certificate();
    const authorization = await new SignJWT()
      .setProtectedHeader({
        alg: "ES256",
        typ: "JWT",
        x5c: chain.map((pem) => x509.PemConverter.decodeFirst(pem)).map(base64),
      })
      .setIssuer("step-admin-client/1.0")
      .setSubject(adminSubject)
      .setAudience(`${this.url}${path}`)
      .setIssuedAt()
      .setNotBefore("0s")
      .setExpirationTime(tokenLifetime)
      .setJti(randomUUID())
      .sign(keys.privateKey);
    return call(this.ca, method, `${this.url}${path}`, { authorization, body });
  }

  /** Requests a new administrator's certificate for each call. It is valid for a day, and a kept sandbox can run longer. */
  private async certificate(): Promise<{ keys: webcrypto.CryptoKeyPair; chain: string[] }> {
    const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const keys = await webcrypto.subtle.generateKey(signingAlgorithm, false, ["sign", "verify"]);
    const csr = await x509.Pkcs10CertificateRequestGenerator.create({
      name: `CN=${adminSubject}`,
      keys,
      signingAlgorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: adminSubject }])],
    });
    const ott = await new SignJWT({ sans: [adminSubject] })
      .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: this.admin.kid })
      .setIssuer(this.admin.provisioner)
      .setSubject(adminSubject)
      .setAudience(`${this.url}/1.0/sign`)
      .setIssuedAt()
      .setNotBefore("0s")
      .setExpirationTime(tokenLifetime)
      .setJti(randomUUID())
      .sign(this.admin.privateKey);
    const answer = await call(this.ca, "POST", `${this.url}/1.0/sign`, { body: { csr: csr.toString("pem"), ott } });
    if (answer.status !== 201)
      throw new Error(`step-ca did not issue an administrator's certificate: ${messageOf(answer)}`);
    return { keys, chain: answer.body["certChain"] as string[] };
  }
}

function base64(der: ArrayBuffer): string {
  return Buffer.from(der).toString("base64");
}
