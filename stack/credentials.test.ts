import { expect, it } from "vitest";
import { readCredentials } from "./credentials";

it("reads only the known azuread settings and converts flags to booleans", () => {
  expect(
    readCredentials({
      "azuread:clientId": "id",
      "azuread:useOidc": "true",
      "azuread:useCli": "False",
      "azuread:metadataHost": "",
      "azuread:tenantId": "comes from the stack's own setting",
      "other:clientSecret": "x",
    }),
  ).toEqual({ clientId: "id", useOidc: true, useCli: false });
});

it("passes a flag that is neither true nor false through for the provider to reject", () => {
  expect(readCredentials({ "azuread:useMsi": "perhaps" })).toEqual({ useMsi: "perhaps" });
});
