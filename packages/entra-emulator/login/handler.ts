import type { Services } from "../http/graph";
import { GraphError, ok, type Reply } from "../http/reply";
import { checkTenant, tokenReply } from "./tokenEndpoint";

const multiTenant = ["common", "organizations", "consumers"];

/** Handles cloud metadata, sign-in and an empty list of subscriptions. Throws 404 for any other URL. */
export async function handleLogin(
  { state, keys, root }: Services,
  { method, url, bodyText }: { method: string; url: URL; bodyText: string },
): Promise<Reply> {
  const operation = `${method} ${url.pathname}`;
  if (operation === "GET /metadata/endpoints") return ok(cloudMetadata(root));
  // The Azure CLI requests the subscriptions from the resource manager when it signs in.
  if (operation === "GET /subscriptions") return ok({ value: [] });
  const [, tenant = "", ...path] = url.pathname.split("/");
  switch (`${method} ${path.join("/")}`) {
    case "GET v2.0/.well-known/openid-configuration":
      if (multiTenant.includes(tenant)) return ok(openIdConfiguration(root, tenant, "{tenantid}"));
      checkTenant(state, tenant);
      return ok(openIdConfiguration(root, state.tenantId, state.tenantId));
    case "GET discovery/v2.0/keys":
      return ok(keys.jwks);
    case "GET discovery/instance":
      return ok(instanceDiscovery(root, tenant === "common" ? state.tenantId : tenant));
    case "POST oauth2/v2.0/token":
      return tokenReply(state, keys, root, tenant, new URLSearchParams(bodyText));
    default:
      throw new GraphError(404, "NotFound", `The emulator does not implement ${operation}.`);
  }
}

function openIdConfiguration(root: string, tenant: string, issuerTenant: string) {
  const login = `${root}/${tenant}`;
  const { host } = new URL(root);
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
    cloud_instance_name: host,
    cloud_graph_host_name: host,
    msgraph_host: host,
  };
}

/** Returns the instance discovery document. MSAL reads it to verify a sign-in host. */
function instanceDiscovery(root: string, tenant: string) {
  const { host } = new URL(root);
  return {
    tenant_discovery_endpoint: `${root}/${tenant}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** Returns the cloud metadata that the azuread provider reads from `metadataHost`. */
function cloudMetadata(root: string) {
  return {
    portal: root,
    authentication: { loginEndpoint: root, audiences: [root], tenant: "common", identityProvider: "AAD" },
    graphAudience: root,
    graph: root,
    microsoftGraphResourceId: root,
    name: "AzureSandbox",
    resourceManager: root,
    suffixes: { keyVaultDns: "vault.localhost", storage: "core.localhost" },
  };
}
