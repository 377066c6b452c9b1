import type { InputValue } from "entra-mappings";
import type { Directory } from "../state/directory";
import type { Group, User } from "../state/types";

/** Attribute names of the provisioning service whose names in Graph differ. */
const graphNames: Record<string, string> = {
  facsimileTelephoneNumber: "faxNumber",
  immutableId: "onPremisesImmutableId",
  mobile: "mobilePhone",
  objectId: "id",
  originalUserPrincipalName: "userPrincipalName",
  physicalDeliveryOfficeName: "officeLocation",
};

/** Returns a function that reads a user's attributes by their names in mappings. `softDeleted`: disabled, deleted or out of scope. */
export function userLookup(
  directory: Directory,
  user: User,
  servicePrincipalId: string,
  softDeleted: boolean,
): (name: string) => InputValue {
  return (name) => {
    if (name === "IsSoftDeleted") return softDeleted;
    if (name === "userPrincipalName") return reducedGuestName(user.userPrincipalName);
    if (name === "telephoneNumber") return (user["businessPhones"] as string[])[0];
    if (name === "manager") return directory.managers.get(user.id);
    if (name === "appRoleAssignments") return assignedRoles(directory, user.id, servicePrincipalId);
    if (/^extensionAttribute\d+$/.test(name)) {
      return (user["onPremisesExtensionAttributes"] as Record<string, string | null>)[name];
    }
    const [object, part] = name.split(".");
    const value = user[graphNames[name] ?? object ?? name];
    return simple(part === undefined ? value : (value as Record<string, unknown> | null)?.[part]);
  };
}

export function groupLookup(group: Group, softDeleted: boolean): (name: string) => InputValue {
  return (name) => (name === "IsSoftDeleted" ? softDeleted : simple(group[graphNames[name] ?? name]));
}

/** Converts the UPN of a guest from `alias_dom#EXT#@tenant` to `alias@dom`. The attribute originalUserPrincipalName keeps the full UPN. */
export function reducedGuestName(userPrincipalName: string): string {
  const external = /^(.*)_([^_]+)#EXT#@/i.exec(userPrincipalName);
  return external ? `${external[1]}@${external[2]}` : userPrincipalName;
}

function assignedRoles(directory: Directory, userId: string, servicePrincipalId: string): string[] {
  const holders = new Set([userId, ...directory.members.sources(userId)]);
  const roles = directory.servicePrincipals.get(servicePrincipalId)?.appRoles ?? [];
  return [...directory.assignments.values()]
    .filter((one) => one.resourceId === servicePrincipalId && holders.has(one.principalId))
    .map((one) => roles.find((role) => role.id === one.appRoleId)?.displayName)
    .filter((name): name is string => name !== undefined);
}

function simple(value: unknown): InputValue {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}
