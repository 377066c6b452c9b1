import type { Shape } from "../odata/query";
import { complexProperties, newApplication } from "../state/new-application";
import { newGroup } from "../state/new-group";
import { newServicePrincipal } from "../state/new-service-principal";
import { newUser, userDefaults } from "../state/new-user";
import type { Directory } from "../state/directory";
import type { Entity, ObjectType } from "../state/types";

const application = newApplication({ displayName: "", ...complexProperties({}) });

const userProperties = Object.keys(newUser({ userPrincipalName: "a@b", displayName: "" }));
const groupProperties = Object.keys(newGroup({ displayName: "" }));
export const applicationProperties = Object.keys(application);
export const servicePrincipalProperties = Object.keys(newServicePrincipal(application, ""));

/** How each type of object is filtered and shown. */
export const shapes: Record<ObjectType, Shape> & { directoryObject: Shape } = {
  user: { properties: userProperties, defaults: userDefaults },
  group: { properties: groupProperties },
  application: { properties: applicationProperties },
  servicePrincipal: { properties: servicePrincipalProperties },
  directoryObject: { properties: [...new Set([...userProperties, ...groupProperties, ...servicePrincipalProperties])] },
};

/** The beta endpoint returns every property of a user. */
export function userShape(version: string): Shape {
  return version === "beta" ? { properties: userProperties } : shapes.user;
}

/** An object as a member of a mixed collection, where only `@odata.type` tells what it is. */
export function typed(directory: Directory, id: string): Entity[] {
  const found = directory.find(id);
  if (!found) return [];
  const shown =
    found.type === "user"
      ? Object.fromEntries(userDefaults.map((name) => [name, found.object[name]]))
      : { ...found.object };
  return [{ "@odata.type": `#microsoft.graph.${found.type}`, id, ...shown }];
}
