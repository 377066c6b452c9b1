import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leaks, type KnownSecret } from "./secrets";

const value = `s3cr3t/with+signs "and' <more> é`;
const secrets: KnownSecret[] = [
  { name: "token", value },
  { name: "empty", value: "" },
];

/** Forms in which a secret can leak. The search must find each of them. Otherwise, it could pass without finding leaks. */
const ways: [how: string, leak: (secret: string) => string][] = [
  ["in cleartext", (secret) => secret],
  ["in JSON", (secret) => JSON.stringify({ a: secret })],
  ["in JSON within JSON", (secret) => JSON.stringify({ a: JSON.stringify({ b: secret }) })],
  ["in a URL", (secret) => `https://h/?t=${encodeURIComponent(secret)}`],
  ["in a form", (secret) => new URLSearchParams({ client_secret: secret }).toString()],
  ["in HTML", (secret) => secret.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)],
  ["in shell quotes", (secret) => `'${secret.replaceAll("'", `'\\''`)}'`],
  ["in hexadecimal", (secret) => Buffer.from(secret).toString("hex")],
  ["in uppercase hexadecimal", (secret) => Buffer.from(secret).toString("hex").toUpperCase()],
  ["in base64", (secret) => Buffer.from(secret).toString("base64")],
  ["in base64url", (secret) => Buffer.from(secret).toString("base64url")],
  ["as a user's password in base64", (secret) => Buffer.from(`user:${secret}`).toString("base64")],
  ["within JSON in base64", (secret) => Buffer.from(`{"a":"b","token":${JSON.stringify(secret)}}`).toString("base64")],
  [
    "in base64 with line breaks",
    (secret) =>
      Buffer.from(`xy${secret}`)
        .toString("base64")
        .replace(/(.{8})/g, "$1\n"),
  ],
];

describe("leaks", () => {
  it.each(ways)("finds a secret %s and does not print it", (_how, leak) => {
    const plain: KnownSecret[] = [{ name: "token", value: "abc-DEF_0123456789" }];
    for (const known of [secrets, plain]) {
      // JSON within base64 is found only for a value without escape sequences.
      if (_how.startsWith("within JSON") && known === secrets) continue;
      const found = leaks(`before ${leak(known[0]?.value ?? "")} after`, known);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(/^token, in /);
      expect(found[0]).not.toContain(known[0]?.value);
    }
  });

  it("finds any secret in base64 regardless of the surrounding text", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/=_~.-]{12,40}$/);
    fc.assert(
      fc.property(fc.string(), secret, fc.string(), (before, found, after) => {
        const text = Buffer.from(before + found + after).toString("base64");
        expect(leaks(text, [{ name: "token", value: found }])).toHaveLength(1);
      }),
    );
  });

  it("finds nothing in a text without secrets and never matches an empty value", () => {
    expect(leaks("nothing here", secrets)).toEqual([]);
    expect(leaks(Buffer.from("nothing here").toString("base64"), secrets)).toEqual([]);
  });

  it("names the secret and its form", () => {
    expect(leaks(`x${value}`, secrets)).toEqual(["token, in cleartext"]);
  });
});
