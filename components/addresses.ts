/** `<SCIM base>/<directory id>/v2`: where Entra provisions to. */
export function scimTenantUrl(baseUrl: string, directoryId: string): string {
  return `${baseUrl.replace(/\/+$/, "")}/${encodeURIComponent(directoryId)}/v2`;
}

/** OIDC discovery document of a single tenant. */
export function oidcConfigurationEndpoint(
  tenantId: string,
  loginEndpoint = "https://login.microsoftonline.com",
): string {
  return `${loginEndpoint.replace(/\/+$/, "")}/${encodeURIComponent(tenantId)}/v2.0/.well-known/openid-configuration`;
}

/** The two commands that each person runs once, for a POSIX shell. */
export function sshCommands(teamSlug: string, apiHost: string): { config: string; login: string } {
  // `<>` is a placeholder that `step` itself replaces by the team: kept, and quoted against the shell.
  const teamUrl = `https://${apiHost}/v1/teams/<>/authorities/ssh`;
  return {
    config: `step ssh config --team ${shellQuote(teamSlug)} --team-url ${shellQuote(teamUrl, true)}`,
    login: "step ssh login",
  };
}

/** One word for a POSIX shell. */
export function shellQuote(word: string, always = false): string {
  return !always && /^[A-Za-z0-9._/:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
