import type { Shape } from "../odata/query";
import { complexProperties, newApplication } from "../state/newApplication";
import { newGroup } from "../state/newGroup";
import { newServicePrincipal } from "../state/newServicePrincipal";
import { newUser, userDefaults } from "../state/newUser";
import type { Directory } from "../state/directory";
import type { Entity, ObjectType } from "../state/types";

const application = newApplication({ displayName: "", ...complexProperties({}) });

const userProperties = Object.keys(newUser({ userPrincipalName: "a@b", displayName: "" }));
const groupProperties = Object.keys(newGroup({ displayName: "" }));
export const applicationProperties = Object.keys(application);
export const servicePrincipalProperties = Object.keys(newServicePrincipal(application, ""));

/** Filterable and returned properties of each type of object. */
export const shapes: Record<ObjectType, Shape> & { directoryObject: Shape } = {
  user: { properties: userProperties, defaults: userDefaults },
  group: { properties: groupProperties },
  application: { properties: applicationProperties },
  servicePrincipal: { properties: servicePrincipalProperties },
  directoryObject: { properties: [...new Set([...userProperties, ...groupProperties, ...servicePrincipalProperties])] },
};

/** Returns the shape of a user. The beta version returns all properties by default. */
export function userShape(version: string): Shape {
  return version === "beta" ? { properties: userProperties } : shapes.user;
}

/**
 * Returns an object as an entry of a mixed collection, where `@odata.type` identifies its type; an empty list if it does not exist.
 * `selectable`: include all properties that `$select` can name.
 */
export function typed(directory: Directory, id: string, selectable = false): Entity[] {
  const found = directory.find(id);
  if (!found) return [];
  const shown =
    found.type === "user" && !selectable
      ? Object.fromEntries(userDefaults.map((name) => [name, found.object[name]]))
      : { ...found.object };
  return [{ "@odata.type": `#microsoft.graph.${found.type}`, id, ...shown }];
}

/** Application permissions that allow reading the properties of users. */
const readUsers = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/**
 * Returns entries of a mixed collection as the caller may see them. Without a permission to read users, a user has only
 * its type and id; all other properties are null.
 * Source: learn.microsoft.com/graph/permissions-overview, "Limited information returned".
 */
export function asVisible(objects: readonly Entity[], roles: ReadonlySet<string>): Entity[] {
  if (readUsers.some((permission) => roles.has(permission))) return [...objects];
  return objects.map((object) =>
    object["@odata.type"] === "#microsoft.graph.user"
      ? {
          ...Object.fromEntries(Object.keys(object).map((name) => [name, null])),
          "@odata.type": object["@odata.type"],
          id: object.id,
        }
      : object,
  );
}
