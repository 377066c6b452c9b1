import type { Directory } from "../state/directory";
import type { Caller, Endpoint } from "./endpoint";
import { GraphError } from "./reply";

const ownedBy = "Application.ReadWrite.OwnedBy";

/** Throws Graph's 403 unless the caller's permissions allow the operation. */
export function authorize(
  directory: Directory,
  endpoint: Endpoint,
  params: Record<string, string>,
  caller: Caller,
): void {
  const owns = (object: string | true) =>
    object === true || directory.owners.has(params[object] ?? "", caller.objectId);
  if (isAllowed(endpoint, caller.roles, owns)) return;
  throw new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
}

/** Returns whether permissions allow an operation. @param owns returns whether the caller owns the target object */
export function isAllowed(
  endpoint: Pick<Endpoint, "permissions" | "alsoRequires" | "ownedObject">,
  roles: ReadonlySet<string>,
  owns: (object: string | true) => boolean,
): boolean {
  const { permissions, alsoRequires, ownedObject } = endpoint;
  if (alsoRequires !== undefined && !alsoRequires.some((one) => roles.has(one))) return false;
  if (permissions.length === 0 || permissions.some((one) => roles.has(one))) return true;
  return ownedObject !== undefined && roles.has(ownedBy) && owns(ownedObject);
}
