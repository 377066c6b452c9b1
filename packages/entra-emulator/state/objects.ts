import type { z } from "zod";

import { badRequest } from "../http/reply";
import { isObject, type Json } from "../json";
import {
  objectTypes,
  type Application,
  type Group,
  type NewGroup,
  type NewUser,
  type Objects,
  type ObjectType,
  type ServicePrincipal,
  type User,
} from "./types";

/** Returns the declared properties of a type of object. */
export function propertiesOf(type: ObjectType): Record<string, z.ZodType> {
  return objectTypes[type].shape;
}

/** Creates an object with every property that Graph returns. Throws Graph's 400 for an invalid or missing property. */
export function create<T extends ObjectType>(type: T, given: { [P in keyof Objects[T]]?: unknown }): Objects[T] {
  const object: Json = {};
  for (const [name, property] of Object.entries(propertiesOf(type))) object[name] = property.safeParse(undefined).data;
  change(type, object, given);
  for (const [name, property] of Object.entries(propertiesOf(type))) {
    if (object[name] !== undefined || property.safeParse(undefined).success) continue;
    throw badRequest(`A value is required for property '${name}' of resource '${label(type)}'.`);
  }
  return object as Objects[T];
}

/**
 * Changes properties of an object. Members of complex properties such as `web` that are not given keep their value; null resets
 * a property to its default. Throws Graph's 400 for an unknown property or an invalid value, before it changes anything.
 */
export function change(type: ObjectType, object: Json, given: Json): void {
  const changes = Object.entries(given).map(([name, value]) => {
    const property = propertiesOf(type)[name];
    if (!property) throw badRequest(`Property '${name}' does not exist as a declared property or extension property.`);
    const current = object[name];
    // A property without a default object, such as `optionalClaims`, is replaced as a whole.
    const isComplex = isObject(current) && isObject(value) && isObject(property.safeParse(undefined).data);
    const result = property.safeParse(isComplex ? merged(current, value) : (value ?? undefined));
    if (!result.success) {
      throw badRequest(`Invalid value specified for property '${name}' of resource '${label(type)}'.`);
    }
    return [name, result.data];
  });
  Object.assign(object, Object.fromEntries(changes));
}

/** Omits the members that are null, so that they get their default. */
function merged(before: Json, given: Json): Json {
  const result = { ...before };
  for (const [name, value] of Object.entries(given)) {
    const old = result[name];
    if (value === null) delete result[name];
    else result[name] = isObject(old) && isObject(value) ? merged(old, value) : value;
  }
  return result;
}

function label(type: ObjectType): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}

export function newUser(given: NewUser): User {
  const localPart = given.userPrincipalName.split("@")[0] ?? "";
  return create("user", {
    mailNickname: localPart.replace(/[^A-Za-z0-9._-]/g, ""),
    proxyAddresses: given.mail ? [`SMTP:${given.mail}`] : [],
    ...given,
  });
}

export function newGroup(given: NewGroup): Group {
  return create("group", { mailNickname: given.displayName.replace(/[^A-Za-z0-9._-]/g, "") || "group", ...given });
}

/** Creates a service principal of an application. */
export function newServicePrincipal(
  application: Application,
  tenantId: string,
  given: Partial<ServicePrincipal> = {},
): ServicePrincipal {
  return create("servicePrincipal", {
    appDescription: application.description,
    appOwnerOrganizationId: tenantId,
    tags: [...application.tags],
    ...given,
    ...mirrored(application),
  });
}

/** Returns the properties that a service principal copies from its application. */
export function mirrored(application: Application): Partial<ServicePrincipal> {
  const { appId, displayName, applicationTemplateId, appRoles, info, signInAudience, verifiedPublisher } = application;
  return {
    appId,
    displayName,
    applicationTemplateId,
    appRoles,
    info,
    signInAudience,
    verifiedPublisher,
    appDisplayName: displayName,
    oauth2PermissionScopes: application.api.oauth2PermissionScopes,
    replyUrls: [...application.web.redirectUris, ...application.publicClient.redirectUris],
    servicePrincipalNames: [appId, ...application.identifierUris],
  };
}
