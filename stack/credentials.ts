/** Settings of the `azuread` provider that select the deploying identity and the cloud; `usersync` accepts the same. */
const names = [
  "clientId",
  "clientSecret",
  "useOidc",
  "oidcToken",
  "oidcTokenFilePath",
  "oidcRequestUrl",
  "oidcRequestToken",
  "useMsi",
  "msiEndpoint",
  "useCli",
  "environment",
  "metadataHost",
] as const;
const flags: ReadonlySet<string> = new Set(["useOidc", "useMsi", "useCli"]);

export type Credentials = Partial<Record<(typeof names)[number], string | boolean>>;

/** Reads the `azuread:*` settings of a stack, by name. Absent settings fall back to the `ARM_*` variables. */
export function readCredentials(all: Readonly<Record<string, string>>): Credentials {
  const given: Credentials = {};
  for (const name of names) {
    const value = all[`azuread:${name}`];
    if (value === undefined || value === "") continue;
    given[name] = flags.has(name) && /^(true|false)$/i.test(value) ? /^true$/i.test(value) : value;
  }
  return given;
}
