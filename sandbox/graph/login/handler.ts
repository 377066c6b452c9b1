import { ok, type Reply } from "../http/reply";
import type { Directory } from "../state/directory";
import { cloudMetadata, instanceDiscovery, openIdConfiguration } from "./discovery";
import type { SigningKeys } from "./keys";
import { checkTenant, tokenReply } from "./token-endpoint";

const multiTenant = ["common", "organizations", "consumers"];

/** Answers what is not Graph: cloud metadata, the login service, and subscriptions, of which there are none. Undefined: no such address. */
export async function handleLogin(
  directory: Directory,
  keys: SigningKeys,
  root: string,
  request: { method: string; url: URL; bodyText: string },
): Promise<Reply | undefined> {
  const path = request.url.pathname;
  if (request.method === "GET" && path === "/metadata/endpoints") return ok(cloudMetadata(root));
  // The Azure CLI looks for them at sign-in, at the resource manager.
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
