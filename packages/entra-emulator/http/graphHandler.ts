import { authenticate } from "../login/accessToken";
import type { SigningKeys } from "../login/keys";
import type { TenantState } from "../state/tenant";
import { authorize } from "./authorize";
import { parseJson } from "./body";
import type { ApiVersion, Caller } from "./endpoint";
import { GraphError, type Reply } from "./reply";
import type { Router } from "./router";

export interface GraphServices {
  state: TenantState;
  keys: SigningKeys;
  router: Router;
  root: string;
  trustedCa: string;
}

/** Handles one request to /v1.0 or /beta. Throws GraphError for every error response. */
export async function handleGraph(
  services: GraphServices,
  request: { method: string; url: URL; bodyText: string; caller: Caller },
): Promise<Reply> {
  const [, version = "", ...segments] = request.url.pathname.split("/");
  const match = services.router.match(request.method, `/${segments.join("/")}`);
  if (match.kind !== "found") {
    const segment = segments.at(-1) ?? "";
    throw match.kind === "unknown"
      ? new GraphError(400, "BadRequest", `Resource not found for the segment '${segment}'.`)
      : new GraphError(404, "UnknownError", "");
  }
  const { endpoint, params } = match;
  authorize(services.state, endpoint, params, request.caller);
  return endpoint.handle({
    state: services.state,
    caller: request.caller,
    version: version as ApiVersion,
    root: services.root,
    url: request.url,
    params,
    query: request.url.searchParams,
    body: parseJson(request.bodyText),
    trustedCa: services.trustedCa,
  });
}

/** Returns the caller of a request. Throws Graph's 401 for a missing or invalid token. */
export function callerOf(services: GraphServices, authorization: string | undefined): Promise<Caller> {
  return authenticate(services.keys, authorization, services.root);
}
