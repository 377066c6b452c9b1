import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority, type Authority } from "entra-emulator";
import { readDatabaseRootCert } from "./certificates";

describe("readDatabaseRootCert", () => {
  let dir = "";
  let authority: Authority;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "root-cert-"));
    authority = await createAuthority(dir);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it("returns the content of the certificate file, or undefined without the setting", () => {
    expect(readDatabaseRootCert(authority.caFile)).toBe(authority.caPem);
    expect(readDatabaseRootCert(undefined)).toBeUndefined();
  });

  it("rejects a root certificate file that holds a private key, holds no certificate, or cannot be read", async () => {
    const { key } = await authority.issue();
    const file = path.join(dir, "bundle.pem");
    writeFileSync(file, authority.caPem + key);
    expect(() => readDatabaseRootCert(file)).toThrow(
      /database\.sslRootCert: the file .*bundle\.pem holds a private key/,
    );
    expect(() => readDatabaseRootCert("/etc/passwd")).toThrow(
      /database\.sslRootCert: the file \/etc\/passwd is not a PEM certificate/,
    );
    expect(() => readDatabaseRootCert(path.join(dir, "none.pem"))).toThrow(/none\.pem cannot be read \(ENOENT\)/);
    expect(() => readDatabaseRootCert(dir)).toThrow(/cannot be read \(EISDIR\)/);
  });
});
