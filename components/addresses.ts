/** Returns the SCIM endpoint that Entra provisions to: `<SCIM base>/<directory id>/v2`. */
export function scimTenantUrl(baseUrl: string, directoryId: string): string {
  return `${baseUrl.replace(/\/+$/, "")}/${encodeURIComponent(directoryId)}/v2`;
}

/** Returns the URL of a tenant's OIDC discovery document. */
export function oidcConfigurationEndpoint(
  tenantId: string,
  loginEndpoint = "https://login.microsoftonline.com",
): string {
  return `${loginEndpoint.replace(/\/+$/, "")}/${encodeURIComponent(tenantId)}/v2.0/.well-known/openid-configuration`;
}

/** Returns the two commands that each user runs once, for a POSIX shell. */
export function sshCommands(teamSlug: string, apiHost: string): { config: string; login: string } {
  // `step` itself replaces the placeholder `<>` with the team, so keep it and quote it for the shell.
  const teamUrl = `https://${apiHost}/v1/teams/<>/authorities/ssh`;
  return {
    config: `step ssh config --team ${shellQuote(teamSlug)} --team-url ${shellQuote(teamUrl, true)}`,
    login: "step ssh login",
  };
}

/** Quotes one word for a POSIX shell, unless it is safe without quotes. */
export function shellQuote(word: string, always = false): string {
  return !always && /^[A-Za-z0-9._/:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
