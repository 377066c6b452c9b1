import type { Directory } from "../state/directory";
import type { Caller, Endpoint } from "./endpoint";
import { GraphError } from "./reply";

const ownedBy = "Application.ReadWrite.OwnedBy";

/** Throws Graph's 403 unless the caller's token holds one of the operation's permissions. */
export function authorize(
  directory: Directory,
  endpoint: Endpoint,
  params: Record<string, string>,
  caller: Caller,
): void {
  if (endpoint.permissions.length === 0 || endpoint.permissions.some((one) => caller.roles.has(one))) return;
  if (endpoint.owned !== undefined && caller.roles.has(ownedBy)) {
    if (endpoint.owned === true) return;
    if (directory.owners.has(params[endpoint.owned] ?? "", caller.objectId)) return;
  }
  throw new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
}
