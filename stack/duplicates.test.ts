import { expect, it } from "vitest";
import { duplicateMessage } from "./duplicates";

const address = {
  type: "azuread:index/application:Application",
  name: "smallstep-ssh",
  parent: "urn:pulumi:dev::p::smallstep-ssh:components:OidcApplication::smallstep-ssh",
  provider: "urn:pulumi:dev::p::pulumi:providers:azuread::azuread",
};

it("says what is there, and gives the command that takes it over as one line for a shell", () => {
  const found = [
    { description: 'an application named "It\'s"', importId: "/applications/1 2", remedy: "rename or delete it" },
  ];
  expect(duplicateMessage(address, found).split("\n")).toEqual([
    `There is an application named "It's" already, which this stack does not know: an interrupted run may have left it, or it is somebody else's.`,
    "If it is this stack's, take it over:",
    `  pulumi import azuread:index/application:Application smallstep-ssh '/applications/1 2' --parent parent=${address.parent} --provider provider=${address.provider} --protect=false --generate-code=false`,
    "Else rename or delete it.",
    "Nothing was made. With checks.duplicates set to warn another one is made beside it.",
  ]);
});

it("says how to get rid of what cannot be taken over", () => {
  expect(
    duplicateMessage({ type: "t", name: "n" }, [{ description: "a client secret", remedy: "remove it: az x" }]),
  ).toContain("To go on, remove it: az x\n");
});
