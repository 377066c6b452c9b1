import * as pulumi from "@pulumi/pulumi";
import { expect, it, vi } from "vitest";
import { printableError } from "@smallstep-ssh/usersync/output";
import { readSettings } from "./config/read";
import { readCredentials } from "./credentials";
import { duplicateMessage } from "./duplicates";
import { log, runError } from "./log";

readSettings(
  { "p:teams": '{ "blue": { "scim": { "token": "canary-scim" } } }', "p:database": '{ "password": "canary-db" }' },
  "p",
);
readCredentials({ "azuread:clientSecret": "canary-client", "azuread:oidcToken": "canary-oidc" });
const found = {
  description: "canary-db\u001b[2J canary-scim",
  importId: "canary-client\u202e",
  remedy: "##vso[x] canary-oidc",
};
const message = `${duplicateMessage({ type: "azuread:t", name: "n" }, [found])}\n::add-mask::x`;

// eslint-disable-next-line no-control-regex
const active = /canary|[\u001b\u202e]|##vso\[|^\s*::/m;

it.each(["info", "warn"] as const)("logs no secret and no active character at level %s", async (level) => {
  const write = vi.spyOn(pulumi.log, level).mockResolvedValue();
  await log[level](message);
  expect(write.mock.calls[0]?.[0]).not.toMatch(active);
  expect(write.mock.calls[0]?.[0]).toContain("[secret]");
  expect(write.mock.calls[0]?.[0].split("\n").length).toBe(message.split("\n").length);
  write.mockRestore();
});

it("keeps secrets and active characters out of errors and their stack traces", () => {
  const error = runError(message);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect(error.message).not.toMatch(active);
  const other = printableError(new TypeError(message)) as Error;
  expect(other).toBeInstanceOf(TypeError);
  expect(`${other.message}${other.stack}`).not.toMatch(active);
  expect(printableError(message)).not.toMatch(active);
  expect((printableError(new DOMException(message)) as Error).message).not.toMatch(active);
});
