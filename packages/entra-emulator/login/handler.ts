import { ok, type Reply } from "../http/reply";
import type { Directory } from "../state/directory";
import { cloudMetadata, instanceDiscovery, openIdConfiguration } from "./discovery";
import type { SigningKeys } from "./keys";
import { checkTenant, tokenReply } from "./tokenEndpoint";

const multiTenant = ["common", "organizations", "consumers"];

/** Handles cloud metadata, sign-in and an empty list of subscriptions. Returns undefined for any other URL. */
export async function handleLogin(
  directory: Directory,
  keys: SigningKeys,
  root: string,
  request: { method: string; url: URL; bodyText: string },
): Promise<Reply | undefined> {
  const path = request.url.pathname;
  if (request.method === "GET" && path === "/metadata/endpoints") return ok(cloudMetadata(root));
  // The Azure CLI requests the subscriptions from the resource manager when it signs in.
  if (request.method === "GET" && path === "/subscriptions") return ok({ value: [] });
  const [tenant = "", ...rest] = path.slice(1).split("/");
  const address = `${request.method} ${rest.join("/")}`;
  switch (address) {
    case "GET v2.0/.well-known/openid-configuration":
      if (!multiTenant.includes(tenant)) checkTenant(directory, tenant);
      return ok(openIdConfiguration(root, multiTenant.includes(tenant) ? tenant : directory.tenantId));
    case "GET discovery/v2.0/keys":
      return ok(keys.jwks);
    case "GET discovery/instance":
      return ok(instanceDiscovery(root, tenant === "common" ? directory.tenantId : tenant));
    case "POST oauth2/v2.0/token":
      return tokenReply(directory, keys, root, tenant, new URLSearchParams(request.bodyText));
    default:
      return undefined;
  }
}
