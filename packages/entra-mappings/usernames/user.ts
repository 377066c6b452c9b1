/**
 * Directory users as input of the report: a Microsoft Graph user, or a row of a file with the same property names.
 * Attribute mappings use the attribute names of Entra's provisioning service (`objectId`, `IsSoftDeleted`). Some differ from
 * Graph's names (`id`, `accountEnabled`); `attributeLookup` translates them.
 */
import type { AttributeLookup, InputValue } from "../expression/value";

/** A directory user. Any Graph property may be present; the report itself reads the properties declared here. */
export interface DirectoryUser {
  /** Object id. */
  readonly id?: string | null;
  readonly userPrincipalName?: string | null;
  /** The source of the ID token's `email` claim. A user without mail cannot log in. */
  readonly mail?: string | null;
  readonly displayName?: string | null;
  /** Absent means enabled. */
  readonly accountEnabled?: boolean | null;
  /** `Member` or `Guest`. */
  readonly userType?: string | null;
  readonly [attribute: string]: unknown;
}

/** Graph property by provisioning attribute, for attributes whose names differ. */
const graphNames: ReadonlyMap<string, string> = new Map([
  ["objectId", "id"],
  ["IsSoftDeleted", "accountEnabled"],
  ["originalUserPrincipalName", "userPrincipalName"],
  ["telephoneNumber", "businessPhones"],
  ["mobile", "mobilePhone"],
  ["facsimileTelephoneNumber", "faxNumber"],
  ["physicalDeliveryOfficeName", "officeLocation"],
  ["dirSyncEnabled", "onPremisesSyncEnabled"],
  ["sourceAnchor", "onPremisesImmutableId"],
  ["onPremisesObjectIdentifier", "onPremisesImmutableId"],
  ...Array.from({ length: 15 }, (_, n): [string, string] => [
    `extensionAttribute${n + 1}`,
    "onPremisesExtensionAttributes",
  ]),
]);

/** Returns the Graph property of a provisioning attribute, for `$select`. */
export function graphProperty(attribute: string): string {
  return graphNames.get(attribute) ?? attribute;
}

/** Graph properties that the report reads for every user, regardless of the mapping. */
export const reportProperties: readonly string[] = [
  "id",
  "userPrincipalName",
  "mail",
  "displayName",
  "accountEnabled",
  "userType",
];

const guestMark = "#EXT#";

/** Returns the offset of the guest mark, or -1. Searching for one character first is much faster than searching for five. */
function guestMarkIn(userPrincipalName: string): number {
  const at = userPrincipalName.indexOf("#");
  return at < 0 ? at : userPrincipalName.indexOf(guestMark, at);
}

export function isGuest({ userType, userPrincipalName }: DirectoryUser): boolean {
  if (userType === "Guest") return true;
  return userPrincipalName !== undefined && userPrincipalName !== null && guestMarkIn(userPrincipalName) >= 0;
}

/**
 * Returns the user principal name as mappings receive it. The provisioning service replaces a guest's name in the tenant with the
 * guest's own address: `alias_their.example#EXT#@tenant` becomes `alias@their.example`. Source: how-provisioning-works.
 */
export function reducedPrincipalName(userPrincipalName: string): string {
  const mark = guestMarkIn(userPrincipalName);
  if (mark < 0) return userPrincipalName;
  const own = userPrincipalName.slice(0, mark);
  // A domain has no underscore, so the last underscore replaces the "@".
  const at = own.lastIndexOf("_");
  return at < 0 ? own : `${own.slice(0, at)}@${own.slice(at + 1)}`;
}

function flowing(value: unknown): InputValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "object":
      return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : undefined;
    default:
      return undefined;
  }
}

/** Returns an attribute as a mapping receives it, or undefined if the user does not have it. */
export function attribute(user: DirectoryUser, name: string): InputValue {
  const value = user[name];
  if (typeof value === "string") return name === "userPrincipalName" ? reducedPrincipalName(value) : value;
  // A value under the provisioning name itself takes precedence over the Graph property.
  if (value !== undefined) return flowing(value);
  const property = graphNames.get(name);
  if (property === undefined) return undefined;
  const held = user[property];
  if (name === "IsSoftDeleted") return held === undefined || held === null ? false : held === false;
  if (property === "businessPhones") return Array.isArray(held) ? flowing(held[0]) : flowing(held);
  if (property === "onPremisesExtensionAttributes") {
    return typeof held === "object" && held !== null ? flowing((held as Record<string, unknown>)[name]) : undefined;
  }
  return flowing(held);
}

/** Returns the attributes of a user as the input of an evaluator. */
export function attributeLookup(user: DirectoryUser): AttributeLookup {
  return (name) => attribute(user, name);
}

/** Returns the label of a user in reports: the first of principal name, object id, mail and display name that is present. */
export function labelOf(user: DirectoryUser): string {
  return user.userPrincipalName || user.id || user.mail || user.displayName || "(unnamed row)";
}
