import type { FoundApplication } from "./discoveredSetup";

type Passwords = NonNullable<FoundApplication["passwordCredentials"]>;

/**
 * Returns the end date of the CA's client secret, in the format of the setting `oidc.clientSecretEndDate`. Graph shows only the first
 * characters of a secret. If several secrets match, the earliest date counts. Undefined: no secret of the application matches.
 */
export function findClientSecretEndDate(passwords: Passwords, value: string): string | undefined {
  const ends = passwords
    .filter(({ hint }) => hint == null || hint === "" || value.startsWith(hint))
    .flatMap(({ endDateTime }) => (endDateTime == null ? [] : [Date.parse(endDateTime)]))
    .filter((time) => !Number.isNaN(time));
  return ends.length === 0 ? undefined : new Date(Math.min(...ends)).toISOString().replace(/\.\d+Z$/, "Z");
}
