import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
} from "@azure/identity";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { InputErrors } from "../../host/types";
import { assertionSource } from "./assertion";
import { Credential, makeCredential } from "./credential";
import { defaultTimes } from "../retry";
import { readGraphSettings } from "./settings";
import { decodeToken, missingPermissions } from "./token";

const id = "7868462e-0000-4000-8000-000000000001";
const cloud = { loginEndpoint: "https://login.microsoftonline.com", graphEndpoint: "https://graph.microsoft.com" };

describe("readGraphSettings", () => {
  it("reads azuread's environment variables for absent settings", () => {
    const env = {
      ARM_TENANT_ID: id,
      ARM_CLIENT_ID: id,
      ARM_USE_OIDC: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://x/?a=1",
      ARM_ENVIRONMENT: "usgovernmentl4",
      ARM_CLIENT_SECRET: "",
    };
    expect(readGraphSettings({ tenantId: "contoso.onmicrosoft.com" }, env)).toEqual({
      settings: {
        tenantId: "contoso.onmicrosoft.com",
        clientId: id,
        useOidc: true,
        oidcRequestUrl: "https://x/?a=1",
        environment: "usgovernment",
      },
      failures: [],
    });
  });

  it("reports all invalid settings together", () => {
    const given = {
      tenantId: "nope",
      clientId: "nope",
      environment: "mars",
      metadataHost: "https://x",
      useCli: "maybe",
    };
    expect(readGraphSettings(given, {}).failures.map(({ property, reason }) => `${property}: ${reason}`)).toEqual([
      'tenantId: "nope" is neither a GUID nor a domain of a tenant.',
      'clientId: "nope" is not a GUID.',
      "useCli: must be true or false.",
      'environment: "mars" is not one of public, usgovernment, dod, china.',
      'metadataHost: "https://x" is not a host name with an optional port.',
    ]);
  });
});

describe("makeCredential", () => {
  const base = { tenantId: id, clientId: id };
  it.each([
    [{ ...base, clientSecret: "s" }, ClientSecretCredential],
    [{ ...base, useOidc: true, oidcToken: "t" }, ClientAssertionCredential],
    [{ useMsi: true }, ManagedIdentityCredential],
    [{}, AzureCliCredential],
    [{ ...base, clientSecret: "s", useOidc: true, useMsi: true }, ClientSecretCredential],
  ])("selects the same credential as azuread", (settings, kind) => {
    expect(makeCredential(settings, cloud, { times: defaultTimes }, () => undefined)).toBeInstanceOf(kind);
  });

  it("names the missing settings", () => {
    const reasons = (settings: object) => {
      try {
        makeCredential(settings, cloud, { times: defaultTimes }, () => undefined);
        return expect.fail("should have failed");
      } catch (error) {
        return (error as InputErrors).message;
      }
    };
    expect(reasons({ clientSecret: "s" })).toBe(
      "tenantId: is required with clientSecret (or ARM_TENANT_ID).\nclientId: is required with clientSecret (or ARM_CLIENT_ID).",
    );
    expect(reasons({ useCli: false })).toMatch(/^clientSecret: no credentials are set/);
    expect(reasons({ ...base, useOidc: true })).toMatch(/^oidcToken: useOidc needs/);
  });
});

describe("Credential", () => {
  const times = { ...defaultTimes, firstMs: 1 };
  afterEach(() => vi.unstubAllEnvs());

  it("retries a single fault of the managed identity", async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      if (++requests === 1) return response.writeHead(500).end("{}");
      const token = { access_token: "msi-token", expires_in: "3600", resource: "r", token_type: "Bearer" };
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(token));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const msiEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata/identity/oauth2/token`;
    vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "");
    // The address of a managed identity is never behind the proxy.
    vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:1");
    expect(await new Credential({ useMsi: true, msiEndpoint }, cloud, { times }).token()).toBe("msi-token");
    expect(requests).toBeGreaterThan(1);
    server.close();
  });

  it("retries a single fault of the Azure CLI and runs it once for several calls", async () => {
    const dir = mkdtempSync(join(tmpdir(), "az-"));
    const answer = '{"accessToken":"cli-token","expires_on":4102444800}';
    const script = `#!/bin/sh\necho run >> ${dir}/runs\n[ $(wc -l < ${dir}/runs) -gt 1 ] || exit 1\necho '${answer}'\n`;
    writeFileSync(join(dir, "az"), script, { mode: 0o755 });
    vi.stubEnv("PATH", `${dir}:/usr/bin:/bin`);
    const credential = new Credential({}, cloud, { times });
    expect(await Promise.all([credential.token(), credential.token()])).toEqual(["cli-token", "cli-token"]);
    expect(await credential.token()).toBe("cli-token");
    expect(readFileSync(join(dir, "runs"), "utf8")).toBe("run\nrun\n");
    rmSync(dir, { recursive: true });
  });
});

describe("a sign-in with the Azure CLI that fails", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "az-"));
    vi.stubEnv("PATH", `${dir}:/usr/bin:/bin`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  });
  const others = "clientSecret (ARM_CLIENT_SECRET), useOidc (ARM_USE_OIDC) or useMsi (ARM_USE_MSI)";
  const signedOut = "ERROR: Please run 'az login' to setup account.";

  it.each([
    [{}, undefined, `without ${others} the Azure CLI signs in, which is not installed`],
    [{}, signedOut, `without ${others} the Azure CLI signs in, which is not signed in: run \`az login\``],
    [
      { clientId: id },
      signedOut,
      `clientId (ARM_CLIENT_ID) is set without ${others}, so the Azure CLI signs in, which is not signed in: run \`az login\``,
    ],
  ])("names the settings that are missing, once: %j, %s", async (settings, output, reason) => {
    const script = `#!/bin/sh\necho run >> ${dir}/runs\necho "${output}" >&2\nexit 1\n`;
    if (output !== undefined) writeFileSync(join(dir, "az"), script, { mode: 0o755 });
    const credential = new Credential(settings, cloud, { times: defaultTimes });
    for (let call = 0; call < 3; call++) await expect(credential.token()).rejects.toThrow(new Error(reason));
    if (output !== undefined) expect(readFileSync(join(dir, "runs"), "utf8")).toBe("run\n");
  });
});

describe("assertionSource", () => {
  it("reads the token file again for each sign-in", async () => {
    const dir = mkdtempSync(join(tmpdir(), "oidc-"));
    const file = join(dir, "token");
    const source = assertionSource({ oidcTokenFilePath: file }, { times: defaultTimes });
    writeFileSync(file, "first\n");
    expect(await source()).toBe("first");
    writeFileSync(file, "second");
    expect(await source()).toBe("second");
    rmSync(dir, { recursive: true });
  });

  it("does not send the request token to an address without HTTPS", async () => {
    const server = createServer((_, response) => response.end('{"value":"no"}'));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const oidcRequestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const source = assertionSource({ oidcRequestUrl, oidcRequestToken: "t" }, { times: defaultTimes });
    await expect(source()).rejects.toThrow(/it got no response \(the address does not start with https:\/\/\)/);
    server.close();
  });
});

describe("decodeToken", () => {
  it("returns the permissions of a token and finds the missing ones", () => {
    const payload = Buffer.from(JSON.stringify({ roles: ["A", "B"], scp: "C D", tid: id, azp: "me" })).toString(
      "base64url",
    );
    const claims = decodeToken(`x.${payload}.y`);
    expect(claims).toEqual({ roles: ["A", "B"], scopes: ["C", "D"], tenantId: id, clientId: "me" });
    const needed = [
      { anyOf: ["A"], why: "to a" },
      { anyOf: ["X", "C"], why: "to x" },
      { anyOf: ["E"], why: "to e" },
      { anyOf: ["F", "G"], why: "to f" },
    ];
    expect(missingPermissions(claims ?? { roles: [], scopes: [] }, needed)).toEqual(["E, to e", "F or G, to f"]);
  });

  it.each(["opaque", "a.###.b", ""])("returns undefined for an unreadable token: %s", (token) => {
    expect(decodeToken(token)).toBeUndefined();
  });
});
