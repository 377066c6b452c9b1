import { randomBytes } from "node:crypto";

/** Prefix of every generated test secret, so that tests can detect a secret in logs, files and state. */
export const testSecretPrefix = "sbx8Q~";

/** Generates a random secret of 40 characters, the length of a client secret of Entra ID. */
export function generateTestSecret(): string {
  return `${testSecretPrefix}${randomBytes(30).toString("base64url")}`.slice(0, 40);
}
