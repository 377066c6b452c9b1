import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oidcConfigurationEndpoint, scimTenantUrl, shellQuote, sshCommands } from "./addresses";

describe("addresses", () => {
  it("builds the tenant URL with one slash, whatever the base ends in", () => {
    expect(scimTenantUrl("https://scim.example.com/base//", "d1")).toBe("https://scim.example.com/base/d1/v2");
  });

  it("builds the discovery URL of one tenant", () => {
    expect(oidcConfigurationEndpoint("t1")).toBe(
      "https://login.microsoftonline.com/t1/v2.0/.well-known/openid-configuration",
    );
  });

  it("keeps step's placeholder and quotes it", () => {
    expect(sshCommands("acme", "api.example.com")).toEqual({
      config: "step ssh config --team acme --team-url 'https://api.example.com/v1/teams/<>/authorities/ssh'",
      login: "step ssh login",
    });
  });

  it("quotes any word so that a POSIX shell gives it back", () => {
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
