import { describe, expect, it } from "vitest";
import { readSettings } from "./read";

describe("readSettings", () => {
  it("takes the project's own keys, objects parsed, the rest as text", () => {
    expect(
      readSettings(
        { "p:tenantId": "1234", "p:oidc": '{"emailDomains":["a.com"]}', "azuread:tenantId": "x", "pp:tenantId": "y" },
        "p",
      ),
    ).toEqual({ tenantId: "1234", oidc: { emailDomains: ["a.com"] } });
  });

  it("refuses text where an object belongs, without repeating it", () => {
    expect(() => readSettings({ "p:database": "secret-text", "p:scim": "{" }, "p")).toThrow(
      "The configuration has 2 errors; nothing was changed.\n" +
        "  database: is not an object or a list; set its parts with `pulumi config set --path 'database.KEY' VALUE`\n" +
        "  scim: is not an object or a list; set its parts with `pulumi config set --path 'scim.KEY' VALUE`",
    );
  });
});
