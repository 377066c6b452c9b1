import { endpoints } from "../endpoints";
import { parseJson } from "../json";
import type { LoggedRequest } from "../log";
import type { SigningKeys } from "../login/tokens";
import type { TenantState } from "../state/tenant";
import type { Caller, Endpoint } from "./endpoint";
import { forbidden, GraphError, type Reply } from "./reply";

/** What the server needs to answer requests. */
export interface Services {
  state: TenantState;
  keys: SigningKeys;
  /** Base URL of the server. */
  root: string;
  trustedCa: string;
}

/** Handles one request to /v1.0 or /beta. Throws GraphError for every error response. */
export async function handleGraph(
  { state, root, trustedCa }: Services,
  { method, url, bodyText, caller }: { method: string; url: URL; bodyText: string; caller: Caller },
): Promise<Reply> {
  const { version, path, samePath, endpoint } = find(method, url.pathname);
  if (samePath.length === 0) {
    const segment = path.split("/").at(-1);
    throw new GraphError(400, "BadRequest", `Resource not found for the segment '${segment}'.`);
  }
  if (!endpoint) throw new GraphError(404, "UnknownError", "");
  const params = endpoint.pattern.exec(path)?.groups;
  const param = (name: string): string => decodeURIComponent(params?.[name] ?? "");
  const isOwner = state.owners.has(param("id"), caller.objectId);
  if (!isAllowed(endpoint, caller.roles, isOwner)) throw forbidden();
  const body = parseJson(bodyText);
  if (body === undefined && bodyText.trim() !== "") {
    throw new GraphError(
      400,
      "BadRequest",
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    );
  }
  const query = url.searchParams;
  const reply = await endpoint.handle({ state, caller, version, root, url, query, param, body, trustedCa });
  return reply ?? { status: 204 };
}

/**
 * Returns the logged requests that Graph would reject with 403 if the application had only these permissions.
 * Assumes that the application owns every object in the requests.
 */
export function refusedWith(requests: readonly LoggedRequest[], permissions: readonly string[]): LoggedRequest[] {
  const roles = new Set(permissions);
  return requests.filter((request) => {
    const { endpoint } = find(request.method, request.path);
    return endpoint !== undefined && !isAllowed(endpoint, roles, true);
  });
}

/** Splits a path, and returns the operations with this path and the one that also has the method. */
function find(method: string, pathname: string) {
  // OData's `users('id')` and `applications(appId='id')` are equivalent to `users/id` and `applications/appId=id`.
  const segments = pathname.replace(/\((appId=)?(?:'|%27)([^/()']*?)(?:'|%27)\)/gi, "/$1$2");
  const [, version = "", path = ""] = /^\/(v1\.0|beta)(\/.*)$/.exec(segments) ?? [];
  const samePath = endpoints.filter(({ pattern }) => pattern.test(path));
  return { version, path, samePath, endpoint: samePath.find((one) => one.method === method) };
}

function isAllowed(
  { permissions, alsoRequires, ownersToo }: Endpoint,
  roles: ReadonlySet<string>,
  isOwner: boolean,
): boolean {
  if (alsoRequires !== undefined && !alsoRequires.some((one) => roles.has(one))) return false;
  if (permissions.length === 0 || permissions.some((one) => roles.has(one))) return true;
  return ownersToo === true && isOwner && roles.has("Application.ReadWrite.OwnedBy");
}
