import { expect, it } from "vitest";
import { loginEndpoint, readCredentials } from "./credentials";

it("reads only the known azuread settings and converts flags to booleans", () => {
  expect(
    readCredentials({
      "azuread:clientId": "9a1c3a70-0c0c-4bbf-9bb0-7b1b5f1f9d10",
      "azuread:useOidc": "true",
      "azuread:useCli": "False",
      "azuread:metadataHost": "",
      "azuread:tenantId": "comes from the stack's own setting",
      "other:clientSecret": "x",
    }),
  ).toEqual({
    credentials: { clientId: "9a1c3a70-0c0c-4bbf-9bb0-7b1b5f1f9d10", useOidc: true, useCli: false },
    problems: [],
  });
});

it("reports all invalid azuread settings together", () => {
  expect(readCredentials({ "azuread:useMsi": "perhaps", "azuread:clientId": "id" }).problems).toEqual([
    'azuread:clientId: "id" is not a GUID.',
    "azuread:useMsi: must be true or false.",
  ]);
});

it("rejects credentials in plain text if the engine tells which keys are secret", () => {
  const settings = { "azuread:clientSecret": "canary", "azuread:oidcToken": "canary", "azuread:useOidc": "true" };
  expect(readCredentials(settings, (key) => key === "azuread:oidcToken").problems).toEqual([
    "azuread:clientSecret: is a secret in plain text; encrypt it with `pulumi config set --secret --path azuread:clientSecret`",
  ]);
  expect(readCredentials(settings).problems).toEqual([]);
});

it("returns the sign-in endpoint of the cloud or of the metadata host", () => {
  expect(loginEndpoint({})).toBe("https://login.microsoftonline.com");
  expect(loginEndpoint({ environment: "dod" })).toBe("https://login.microsoftonline.us");
  expect(loginEndpoint({ metadataHost: "cloud.example:8443" })).toBe("https://cloud.example:8443");
});
