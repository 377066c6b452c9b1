import { describe, expect, it } from "vitest";
import { quickstartMappings } from "./quickstartMappings";

describe("quickstartMappings", () => {
  it("returns exactly the mappings of the quickstart by default", () => {
    expect(quickstartMappings({ userName: "ToLower([userPrincipalName])" })).toEqual({
      userName: { expression: "ToLower([userPrincipalName])", matchingPriority: 1 },
      active: { expression: "Not([IsSoftDeleted])", flowType: "Always" },
      displayName: { source: "displayName" },
      'emails[type eq "work"].value': { source: "mail" },
      "name.givenName": { source: "givenName" },
      "name.familyName": { source: "surname" },
    });
  });

  it("falls back to the UPN for users without mail when email is mail-or-upn", () => {
    expect(quickstartMappings({ userName: "[mail]", email: "mail-or-upn" })['emails[type eq "work"].value']).toEqual({
      expression: "Coalesce([mail], [userPrincipalName])",
    });
  });

  it("adds additional mappings, which override those of the quickstart", () => {
    const set = quickstartMappings({
      userName: "[mail]",
      additionalMappings: { title: { source: "jobTitle" }, displayName: { constant: "x" } },
    });
    expect(set["title"]).toEqual({ source: "jobTitle" });
    expect(set["displayName"]).toEqual({ constant: "x" });
    expect(Object.keys(set)).toHaveLength(7);
  });
});
