import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSettings } from "../testing/checkSettings";
import { minimalSettings } from "../testing/minimalSettings";
import { ConfigurationError } from "./problems";

function problems(input: unknown): readonly string[] {
  try {
    checkSettings(input);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe("checkSettings", () => {
  it("fills in the defaults of the quickstart", () => {
    const settings = checkSettings(minimalSettings());
    expect(settings.groups).toEqual([{ create: "ssh" }, { create: "sudo" }]);
    expect(settings.oidc).toMatchObject({
      displayName: "Smallstep SSH",
      redirectUris: ["http://127.0.0.1"],
      provisionerName: "azuread",
      listenAddress: "127.0.0.1:10000",
    });
    expect(settings.scim.displayName).toBe("smallstep-usersync");
    expect(settings.mapping).toEqual({ email: "mail", additionalMappings: {} });
    expect(settings.database).toMatchObject({ port: 5432, name: "folk", sslmode: "verify-full" });
    expect(settings.cutover).toEqual({
      minimumUsers: 1,
      requiredUsers: [],
      userWaitTimeoutMinutes: 120,
      waitForJob: false,
      onDestroy: "keep",
    });
    expect(settings.safeguards).toEqual({
      maxRenamedPercent: 10,
      maxLockedOutPercent: 10,
      allowSharedDirectory: false,
      allowTeamRemoval: [],
      heldDeletions: "fail",
    });
    expect(settings.checks).toEqual({
      usernames: "warn",
      connections: "error",
      people: "names",
      secretExpiryDays: 30,
      duplicates: "error",
    });
  });

  it("reports exactly the required settings of an empty configuration", () => {
    expect(problems({}).map((line) => line.split(":")[0])).toEqual([
      "database.host",
      "database.password",
      "database.username",
      "kubernetes.adminToolsImage",
      "oidc.emailDomains",
      "scim.baseUrl",
      "scim.directoryId",
      "smallstep.apiHost",
      "smallstep.authorityId",
      "smallstep.caUrl",
      "smallstep.teamSlug",
      "tenantId",
    ]);
  });

  it.each<[string, (settings: ReturnType<typeof minimalSettings>) => void, string]>([
    [
      "a tenant id that is not a GUID",
      (s) => (s.tenantId = "contoso"),
      'tenantId: "contoso" is not a GUID (8-4-4-4-12 hexadecimal digits); it must be the id of the Entra tenant',
    ],
    [
      "an unknown key that resembles a known one",
      (s) => Object.assign(s.oidc, { redirectUri: [] }),
      "oidc.redirectUri: is not a setting; did you mean redirectUris?",
    ],
    [
      "an unknown key that resembles no known one",
      (s) => Object.assign(s, { xyzzy: 1 }),
      "xyzzy: is not a setting; allowed settings: tenantId, groups, oidc, scim, mapping, smallstep, kubernetes, database, cutover, safeguards, checks, teams",
    ],
    [
      "an expression that does not parse",
      (s) => Object.assign(s, { mapping: { expression: "ToLower(" } }),
      'mapping.expression: does not parse at character 9: Expected a function, an [attribute], a "string" or a number, found the end of the expression.',
    ],
    [
      "a preset together with an expression",
      (s) => Object.assign(s, { mapping: { preset: "local-part-without-dots", expression: "[mail]" } }),
      "mapping: has both preset and expression; set only one of them (presets: upn-local-part, initial-surname, local-part-without-dots)",
    ],
    [
      "a mapping with two values",
      (s) => Object.assign(s, { mapping: { additionalMappings: { title: { source: "jobTitle", constant: "x" } } } }),
      "mapping.additionalMappings.title: must have exactly one of source, expression and constant, or only default",
    ],
    [
      "a SCIM server without TLS",
      (s) => (s.scim.baseUrl = "http://scim.example.com"),
      'scim.baseUrl: "http://scim.example.com" is not an https:// URL without query, fragment or password; it must be the address of Smallstep\'s SCIM server, before the directory id',
    ],
    [
      "a redirect URI that is not loopback",
      (s) => Object.assign(s.oidc, { redirectUris: ["https://evil.example"] }),
      'oidc.redirectUris[0]: "https://evil.example" is not a loopback redirect URI such as http://127.0.0.1 (RFC 8252, section 7.3)',
    ],
    [
      "a minimum of zero users",
      (s) => Object.assign(s, { cutover: { minimumUsers: 0 } }),
      "cutover.minimumUsers: 0 is less than 1",
    ],
    [
      "a limit above 100 percent",
      (s) => Object.assign(s, { safeguards: { maxRenamedPercent: 101 } }),
      "safeguards.maxRenamedPercent: 101 is more than 100",
    ],
    [
      "an invalid name of a required user",
      (s) => Object.assign(s, { cutover: { requiredUsers: ["ada,bob"] } }),
      'cutover.requiredUsers[0]: "ada,bob" is not a user name such as ada.lovelace',
    ],
    [
      "a group with an unknown key",
      (s) => Object.assign(s, { groups: [{ name: "ssh" }] }),
      'groups[0]: must be one of { "create": "display name" }, { "existing": { "displayName": "display name" } }, { "existing": { "objectId": "object id" } }, each with one line of text',
    ],
    [
      "an end date in local time",
      (s) => Object.assign(s.oidc, { clientSecretEndDate: "2028-01-31" }),
      'oidc.clientSecretEndDate: "2028-01-31" is not a date such as 2028-01-31T00:00:00Z (UTC, whole seconds)',
    ],
    [
      "an unencrypted connection to a remote database",
      (s) => Object.assign(s.database, { sslmode: "disable" }),
      "database.sslmode: disable would send passwords and SCIM tokens in clear text to folk.example.com; for a host other than loopback it must be one of require, verify-ca, verify-full",
    ],
    [
      "an unencrypted connection from the Job to a remote database",
      (s) => Object.assign(s.database, { sslmode: "disable", host: "127.0.0.1", jobHost: "folk.smallstep.svc" }),
      "database.sslmode: disable would send passwords and SCIM tokens in clear text to folk.smallstep.svc; for a host other than loopback it must be one of require, verify-ca, verify-full",
    ],
    [
      "a private key among certificates",
      (s) => Object.assign(s.smallstep, { caRootCert: "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----" }),
      "smallstep.caRootCert: holds a private key, which must not be published; it must be the PEM root certificate of the CA and the SCIM server",
    ],
    [
      "an unquoted word that YAML parses as a number",
      (s) => Object.assign(s.smallstep, { authorityId: 2024 }),
      "smallstep.authorityId: is a number: put it in quotes; it must be the id of the team's SSH authority",
    ],
  ])("rejects %s and names the setting", (_, change, sentence) => {
    const settings = minimalSettings();
    change(settings);
    expect(problems(settings)).toEqual([sentence]);
  });

  it("accepts an unencrypted database connection on loopback only", () => {
    for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
      expect(
        checkSettings({ ...minimalSettings(), database: { ...minimalSettings().database, host, sslmode: "disable" } })
          .database.host,
      ).toBe(host);
    }
    for (const host of ["localhost.example.com", "127.0.0.1.example.com", "10.0.0.1"]) {
      expect(
        problems({ ...minimalSettings(), database: { ...minimalSettings().database, host, sslmode: "disable" } }),
      ).toHaveLength(1);
    }
  });

  it("reports all configuration errors together", () => {
    const settings = minimalSettings();
    settings.tenantId = "x";
    settings.scim.directoryId = "y";
    settings.smallstep.teamSlug = "no spaces allowed";
    expect(problems(settings)).toHaveLength(3);
  });

  it("never includes the value of a secret in an error", () => {
    const settings = minimalSettings();
    settings.database.password = "canary-password\n";
    Object.assign(settings.scim, { token: "canary-token\u0000" });
    const text = problems(settings).join("\n");
    expect(text).toContain("database.password: holds a control character");
    expect(text).toContain("scim.token: holds a control character");
    expect(text).not.toContain("canary");
  });

  it("returns settings or problems for any input and throws no other error", () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        for (const line of problems(input)) expect(line).toMatch(/^[^:]*.*: \S/);
      }),
    );
  });
});

it("limits the number of errors in the message", () => {
  const { message } = new ConfigurationError(Array.from({ length: 5000 }, (_, index) => `x${index}: is not a setting`));
  const lines = message.split("\n");
  expect(lines[0]).toBe("The configuration has 5000 errors; nothing was changed.");
  expect([lines.length, lines.at(-1)]).toEqual([102, "  and 4900 more (5000 in total)"]);
});
