import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority, type Authority } from "entra-emulator";
import { checkSettings } from "./config/validate";
import { minimalSettings } from "./testing/minimalSettings";
import { readDatabaseRootCert } from "./rootCert";

describe("readDatabaseRootCert", () => {
  let dir = "";
  let authority: Authority;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), "root-cert-"));
    authority = await createAuthority(dir);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const read = (sslRootCert?: string) => {
    const settings = minimalSettings();
    Object.assign(settings.database, sslRootCert === undefined ? {} : { sslRootCert });
    return readDatabaseRootCert(checkSettings(settings));
  };

  it("returns the content of the certificate file, or undefined without the setting", () => {
    expect(read(authority.caFile)).toBe(authority.caPem);
    expect(read()).toBeUndefined();
  });

  it("rejects a root certificate file that holds a private key, holds no certificate, or cannot be read", async () => {
    const { key } = await authority.issue();
    const file = path.join(dir, "bundle.pem");
    writeFileSync(file, authority.caPem + key);
    expect(() => read(file)).toThrow(/database\.sslRootCert: the file .*bundle\.pem holds a private key/);
    expect(() => read("/etc/passwd")).toThrow(/database\.sslRootCert: the file \/etc\/passwd is not a PEM certificate/);
    expect(() => read(path.join(dir, "none.pem"))).toThrow(/none\.pem cannot be read \(ENOENT\)/);
    expect(() => read(dir)).toThrow(/cannot be read \(EISDIR\)/);
  });
});
