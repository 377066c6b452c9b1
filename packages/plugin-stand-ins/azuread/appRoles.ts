import type { PropertyValue } from "@smallstep-ssh/usersync/host";
import { isSame } from "../common/values";
import type { Api } from "./api";
import { appRolesOf, maps, text, texts } from "./shapes";

/** Returns app roles in the format of a request. */
export function rolesBody(roles: PropertyValue | undefined) {
  return maps(roles).map((role) => ({
    id: text(role["id"]),
    allowedMemberTypes: texts(role["allowedMemberTypes"]),
    description: text(role["description"]),
    displayName: text(role["displayName"]),
    isEnabled: role["enabled"] !== false,
    value: text(role["value"]),
  }));
}

/**
 * Disables the app roles that will change, because Graph changes or deletes a role only if an earlier request disabled
 * it.
 */
export async function disableRoles(api: Api, path: string, wanted: PropertyValue | undefined): Promise<void> {
  const current = maps((await api.get(path))?.["appRoles"]);
  const goal = appRolesOf(rolesBody(wanted));
  const stays = (role: Record<string, unknown>) =>
    goal.some((one) => isSame(one, appRolesOf([role])[0], false)) || role["isEnabled"] === false;
  if (current.every(stays)) return;
  const appRoles = current.map((role) => (stays(role) ? role : { ...role, isEnabled: false }));
  await api.patch(path, { appRoles });
  await api.until("the app roles to be disabled", async () => {
    const now = maps((await api.get(path))?.["appRoles"]);
    return now.every(stays);
  });
}
