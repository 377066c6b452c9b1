import { expect, it } from "vitest";
import { readCredentials } from "./credentials";

it("takes the azuread settings by their names, flags as flags, and nothing else", () => {
  expect(
    readCredentials({
      "azuread:clientId": "id",
      "azuread:useOidc": "true",
      "azuread:useCli": "False",
      "azuread:metadataHost": "",
      "azuread:tenantId": "said by the stack's own setting",
      "other:clientSecret": "x",
    }),
  ).toEqual({ clientId: "id", useOidc: true, useCli: false });
});

it("leaves a flag that is neither true nor false to the check of the provider", () => {
  expect(readCredentials({ "azuread:useMsi": "perhaps" })).toEqual({ useMsi: "perhaps" });
});
