import { describe, expect, it } from "vitest";
import { readSettings } from "./read";

describe("readSettings", () => {
  it("reads only the keys of the project, and parses only those with objects as JSON", () => {
    expect(
      readSettings(
        { "p:tenantId": "1234", "p:oidc": '{"emailDomains":["a.com"]}', "azuread:tenantId": "x", "pp:tenantId": "y" },
        "p",
      ),
    ).toEqual({ tenantId: "1234", oidc: { emailDomains: ["a.com"] } });
  });

  it("rejects text in place of an object without repeating the text", () => {
    expect(() => readSettings({ "p:database": "secret-text", "p:scim": "{" }, "p")).toThrow(
      "The configuration has 2 errors; nothing was changed.\n" +
        "  database: is not an object or a list; set its keys with `pulumi config set --path 'database.KEY' VALUE`\n" +
        "  scim: is not an object or a list; set its keys with `pulumi config set --path 'scim.KEY' VALUE`",
    );
  });
});
