import type { SigningKeys } from "../login/keys";
import type { TenantState } from "../state/tenant";
import type { Caller, Endpoint } from "./endpoint";
import { forbidden, GraphError, type Reply } from "./reply";
import type { Router } from "./router";

/** What the server needs to answer requests. */
export interface Services {
  state: TenantState;
  keys: SigningKeys;
  router: Router;
  /** Base URL of the server. */
  root: string;
  trustedCa: string;
}

const ownedBy = "Application.ReadWrite.OwnedBy";

/** Handles one request to /v1.0 or /beta. Throws GraphError for every error response. */
export async function handleGraph(
  { state, router, root, trustedCa }: Services,
  { method, url, bodyText, caller }: { method: string; url: URL; bodyText: string; caller: Caller },
): Promise<Reply> {
  const [, version = "", ...segments] = url.pathname.split("/");
  const match = router.match(method, `/${segments.join("/")}`);
  if (match.kind === "unknown") {
    throw new GraphError(400, "BadRequest", `Resource not found for the segment '${segments.at(-1)}'.`);
  }
  if (match.kind === "wrongMethod") throw new GraphError(404, "UnknownError", "");
  const { endpoint, params } = match;
  const owns = (object: string | true) => object === true || state.owners.has(params[object] ?? "", caller.objectId);
  if (!isAllowed(endpoint, caller.roles, owns)) throw forbidden();
  const param = (name: string): string => params[name] ?? "";
  const body = parseJson(bodyText);
  const reply = await endpoint.handle({
    ...{ state, caller, version, root, url, query: url.searchParams },
    ...{ param, body, trustedCa },
  });
  return reply ?? { status: 204 };
}

/** Returns whether permissions allow an operation. @param owns returns whether the caller owns the target object */
export function isAllowed(
  { permissions, alsoRequires, ownedObject }: Endpoint,
  roles: ReadonlySet<string>,
  owns: (object: string | true) => boolean,
): boolean {
  if (alsoRequires !== undefined && !alsoRequires.some((one) => roles.has(one))) return false;
  if (permissions.length === 0 || permissions.some((one) => roles.has(one))) return true;
  return ownedObject !== undefined && roles.has(ownedBy) && owns(ownedObject);
}

function parseJson(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new GraphError(
      400,
      "BadRequest",
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    );
  }
}
