import { randomBytes } from "node:crypto";

/** Begins every secret that the sandbox makes up: one that has got where it does not belong is known at sight. */
export const canary = "sbx8Q~";

/** As long as a client secret of Entra ID. */
export function madeUpSecret(): string {
  return `${canary}${randomBytes(30).toString("base64url")}`.slice(0, 40);
}
