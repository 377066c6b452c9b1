import type { FoundApplication } from "./found";

type Passwords = NonNullable<FoundApplication["passwordCredentials"]>;

/**
 * When the client secret that the CA holds ends, in the writing of the setting `oidc.clientSecretEndDate`. Graph shows the first characters of a
 * secret only: where several have the same, the one that ends first is meant, to be safe. Undefined: the application has none like it.
 */
export function findClientSecretEndDate(passwords: Passwords, value: string): string | undefined {
  const ends = passwords
    .filter(({ hint }) => hint == null || hint === "" || value.startsWith(hint))
    .flatMap(({ endDateTime }) => (endDateTime == null ? [] : [Date.parse(endDateTime)]))
    .filter((time) => !Number.isNaN(time));
  return ends.length === 0 ? undefined : new Date(Math.min(...ends)).toISOString().replace(/\.\d+Z$/, "Z");
}
