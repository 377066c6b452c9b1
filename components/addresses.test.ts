import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oidcConfigurationEndpoint, scimTenantUrl, shellQuote, sshCommands } from "./addresses";

describe("addresses", () => {
  it("builds the tenant URL without double slashes when the base URL ends with slashes", () => {
    expect(scimTenantUrl("https://scim.example.com/base//", "d1")).toBe("https://scim.example.com/base/d1/v2");
  });

  it("builds the OIDC discovery URL of a tenant", () => {
    expect(oidcConfigurationEndpoint("t1")).toBe(
      "https://login.microsoftonline.com/t1/v2.0/.well-known/openid-configuration",
    );
  });

  it("keeps and quotes the placeholder <> in the step command", () => {
    expect(sshCommands("acme", "api.example.com")).toEqual({
      config: "step ssh config --team acme --team-url 'https://api.example.com/v1/teams/<>/authorities/ssh'",
      login: "step ssh login",
    });
  });

  it("quotes any word so that a POSIX shell reproduces it exactly", () => {
    const word = fc.string({ unit: "grapheme-ascii", maxLength: 40 });
    fc.assert(
      fc.property(word, (text) => {
        const printed = execFileSync("/bin/sh", ["-c", `printf %s ${shellQuote(text)}`], { encoding: "utf8" });
        expect(printed).toBe(text);
      }),
      { numRuns: 30 },
    );
  });
});
