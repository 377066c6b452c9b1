import { badRequest } from "../http/reply";
import type { AppRole } from "../state/types";

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Returns the new roles of an application. Like Graph, rejects the deletion or change of an enabled role:
 * an earlier request must disable it first.
 */
export function replaceAppRoles(current: readonly AppRole[], given: unknown): AppRole[] {
  if (!Array.isArray(given))
    throw badRequest("Invalid value specified for property 'appRoles' of resource 'Application'.");
  const roles = given.map(readRole);
  for (const key of ["id", "value"] as const) {
    const values = roles.map((role) => role[key]).filter((value) => value !== null && value !== "");
    if (new Set(values).size !== values.length) {
      throw badRequest(`Request contains duplicate values of '${key}' in property 'appRoles'.`);
    }
  }
  for (const before of current) {
    const after = roles.find((role) => role.id === before.id);
    if (before.isEnabled && (!after || (after.isEnabled && changed(before, after)))) {
      throw badRequest(
        "Permission (scope or role) cannot be deleted or updated unless disabled first. " +
          `Property: appRoles, id: ${before.id}.`,
      );
    }
  }
  return roles;
}

function readRole(value: unknown): AppRole {
  const role = value as Partial<AppRole>;
  if (!role.id || !guid.test(role.id)) throw badRequest("Every entry of 'appRoles' needs an 'id' that is a GUID.");
  if (!role.displayName || !role.allowedMemberTypes?.length) {
    throw badRequest(`A value is required for 'displayName' and 'allowedMemberTypes' of app role '${role.id}'.`);
  }
  return {
    allowedMemberTypes: role.allowedMemberTypes,
    description: role.description ?? null,
    displayName: role.displayName,
    id: role.id,
    isEnabled: role.isEnabled ?? true,
    origin: "Application",
    value: role.value ?? null,
  };
}

/** Returns whether the value or the member types differ. Graph allows changes of display texts at any time. */
function changed(before: AppRole, after: AppRole): boolean {
  const identity = (role: AppRole) => JSON.stringify([role.value ?? "", [...role.allowedMemberTypes].sort()]);
  return identity(before) !== identity(after);
}
