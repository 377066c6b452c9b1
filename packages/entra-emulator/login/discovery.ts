/** Returns the OpenID configuration of a tenant. For `common`, `organizations` and `consumers` the issuer contains a placeholder. */
export function openIdConfiguration(root: string, tenant: string): Record<string, unknown> {
  const issuerTenant = ["common", "organizations", "consumers"].includes(tenant) ? "{tenantid}" : tenant;
  const login = `${root}/${tenant}`;
  return {
    token_endpoint: `${login}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
    jwks_uri: `${login}/discovery/v2.0/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: `${root}/${issuerTenant}/v2.0`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${root}/oidc/userinfo`,
    authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${login}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${login}/oauth2/v2.0/logout`,
    claims_supported: ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver", "email"],
    tenant_region_scope: "EU",
    cloud_instance_name: new URL(root).host,
    cloud_graph_host_name: new URL(root).host,
    msgraph_host: new URL(root).host,
  };
}

/** Returns the instance discovery document. MSAL reads it to verify a sign-in host. */
export function instanceDiscovery(root: string, tenant: string): Record<string, unknown> {
  const host = new URL(root).host;
  return {
    tenant_discovery_endpoint: `${root}/${tenant}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** Returns the cloud metadata that the azuread provider reads from `metadataHost`. */
export function cloudMetadata(root: string): Record<string, unknown> {
  return {
    portal: root,
    authentication: {
      loginEndpoint: root,
      audiences: [root],
      tenant: "common",
      identityProvider: "AAD",
    },
    graphAudience: root,
    graph: root,
    microsoftGraphResourceId: root,
    name: "AzureSandbox",
    resourceManager: root,
    suffixes: { keyVaultDns: "vault.localhost", storage: "core.localhost" },
  };
}
