import { badRequest } from "../http/reply";
import { appRole, type AppRole } from "../state/types";

/**
 * Returns the new roles of an application. Like Graph, rejects the deletion or change of an enabled role:
 * an earlier request must disable it first.
 */
export function replaceAppRoles(current: readonly AppRole[], given: unknown): AppRole[] {
  const parsed = appRole.array().safeParse(given);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join("/");
    throw badRequest(`Invalid value specified for property 'appRoles/${place}' of resource 'Application'.`);
  }
  const roles = parsed.data;
  for (const key of ["id", "value"] as const) {
    const values = roles.map((role) => role[key]).filter((value) => value !== null && value !== "");
    if (new Set(values).size !== values.length) {
      throw badRequest(`Request contains duplicate values of '${key}' in property 'appRoles'.`);
    }
  }
  for (const before of current) {
    const after = roles.find((role) => role.id === before.id);
    if (before.isEnabled && (!after || (after.isEnabled && identity(before) !== identity(after)))) {
      throw badRequest(
        "Permission (scope or role) cannot be deleted or updated unless disabled first. " +
          `Property: appRoles, id: ${before.id}.`,
      );
    }
  }
  return roles;
}

/** Returns the value and the member types. Graph allows changes of display texts at any time. */
function identity({ value, allowedMemberTypes }: AppRole): string {
  return JSON.stringify([value ?? "", [...allowedMemberTypes].sort()]);
}
