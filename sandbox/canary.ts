import { randomBytes } from "node:crypto";

/** Begins every secret that the sandbox makes up: one that has got where it does not belong is known at sight. */
export const testSecretPrefix = "sbx8Q~";

/** As long as a client secret of Entra ID. */
export function generateTestSecret(): string {
  return `${testSecretPrefix}${randomBytes(30).toString("base64url")}`.slice(0, 40);
}
