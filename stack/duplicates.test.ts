import { expect, it } from "vitest";
import { duplicateMessage } from "./duplicates";

const address = {
  type: "azuread:index/application:Application",
  name: "smallstep-ssh",
  parent: "urn:pulumi:dev::p::smallstep-ssh:components:OidcApplication::smallstep-ssh",
  provider: "urn:pulumi:dev::p::pulumi:providers:azuread::azuread",
};

it("names the existing object and prints the import command as one shell line", () => {
  const found = [
    { description: 'an application named "It\'s"', importId: "/applications/1 2", remedy: "rename or delete it" },
  ];
  expect(duplicateMessage(address, found).split("\n")).toEqual([
    `There is already an application named "It's", which is not in this stack's state. An interrupted run may have left it, or another owner created it.`,
    "If it belongs to this stack, import it:",
    `  pulumi import azuread:index/application:Application smallstep-ssh '/applications/1 2' --parent parent=${address.parent} --provider provider=${address.provider} --protect=false --generate-code=false`,
    "Otherwise rename or delete it.",
    "Nothing was created. To create another one anyway, set checks.duplicates to warn.",
  ]);
});

it("explains how to remove an object that cannot be imported", () => {
  expect(
    duplicateMessage({ type: "t", name: "n" }, [{ description: "a client secret", remedy: "remove it: az x" }]),
  ).toContain("To continue, remove it: az x\n");
});

it("describes five of many objects and counts all", () => {
  const found = Array.from({ length: 1000 }, (_, index) => ({ description: `object ${index}`, remedy: "delete it" }));
  const lines = duplicateMessage(address, found).split("\n");
  expect(lines.filter((line) => line.startsWith("There is"))).toHaveLength(5);
  expect(lines).toContain("995 more objects match (1000 in total).");
});
