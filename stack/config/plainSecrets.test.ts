import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { findPlainSecrets, isEncryptedKey } from "./plainSecrets";
import { secretSettings, stackSchema } from "./schema";

const settings = {
  oidc: { clientSecret: "canary-1", emailDomains: ["example.com"] },
  scim: { token: "canary-2" },
  database: { password: "canary-3", host: "db" },
  teams: { default: {}, blue: { scim: { token: "canary-4" }, oidc: {} } },
};

describe("findPlainSecrets", () => {
  it("names each secret in plain text and the command that encrypts it, without the value", () => {
    expect(findPlainSecrets(settings, () => false)).toEqual(
      ["oidc.clientSecret", "scim.token", "database.password", "teams.blue.scim.token"].map(
        (path) => `${path}: is a secret in plain text; encrypt it with \`pulumi config set --secret --path ${path}\``,
      ),
    );
  });

  it("accepts the secrets of top-level keys that the engine marks", () => {
    pulumi.runtime.setAllConfig({ "p:database": "{}", "p:oidc": "{}" }, ["p:database"]);
    const problems = findPlainSecrets(settings, (key) => key === "teams" || isEncryptedKey(`p:${key}`));
    expect(problems.map((line) => line.split(":")[0])).toEqual(["oidc.clientSecret", "scim.token"]);
    expect(findPlainSecrets(settings, () => true)).toEqual([]);
  });

  it("accepts settings without secrets, and sections of a wrong type", () => {
    expect(findPlainSecrets({ oidc: { emailDomains: [] }, scim: "x", database: null, teams: [] }, () => false)).toEqual(
      [],
    );
  });
});

it("finds each declaration that is marked as secret, at any depth", () => {
  const schema = z.toJSONSchema(stackSchema, { io: "input", unrepresentable: "any" });
  const marked = (one: object, path: string[]): string[] =>
    Object.entries(one).flatMap(([key, inner]: [string, unknown]) => {
      if (typeof inner !== "object" || inner === null) return [];
      const name = [...path, ...(["properties", "anyOf"].includes(key) ? [] : [key])];
      return ["secret" in inner && inner.secret === true ? name.join(".") : [], marked(inner, name)].flat();
    });
  expect(marked(schema, [])).toEqual(["oidc.clientSecret", "scim.token", "database.password", "checks.pseudonymKey"]);
  expect(secretSettings).toEqual(marked(schema, []));
});
