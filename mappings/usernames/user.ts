/**
 * A person of the directory as the report reads it: Microsoft Graph's user, or a row of a file with the same names.
 * Attribute mappings speak of attributes by the names of Entra's provisioning service (`objectId`, `IsSoftDeleted`), which
 * differ from Graph's (`id`, `accountEnabled`) for some; `attributeLookup` bridges the two.
 */
import type { AttributeLookup, InputValue } from "../expression";

/** Any Graph property may be present; those named here mean something to the report itself. */
export interface DirectoryUser {
  /** Object id. */
  readonly id?: string | null;
  readonly userPrincipalName?: string | null;
  /** What the ID token's `email` claim is made of; without it a person cannot log in. */
  readonly mail?: string | null;
  readonly displayName?: string | null;
  /** Absent means enabled. */
  readonly accountEnabled?: boolean | null;
  /** `Member` or `Guest`. */
  readonly userType?: string | null;
  readonly [attribute: string]: unknown;
}

/** Provisioning attribute -> Graph property, where the two differ. */
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

/** The Graph property that holds a provisioning attribute: what to `$select`. */
export function graphProperty(attribute: string): string {
  return graphNames.get(attribute) ?? attribute;
}

/** Graph properties that the report reads of every user, whatever the mapping. */
export const reportProperties: readonly string[] = [
  "id",
  "userPrincipalName",
  "mail",
  "displayName",
  "accountEnabled",
  "userType",
];

const guestMark = "#EXT#";

/** Where the mark of a guest begins, or -1. A search for one character is much quicker than one for five. */
function guestMarkIn(userPrincipalName: string): number {
  const at = userPrincipalName.indexOf("#");
  return at < 0 ? at : userPrincipalName.indexOf(guestMark, at);
}

export function isGuest({ userType, userPrincipalName }: DirectoryUser): boolean {
  if (userType === "Guest") return true;
  return userPrincipalName !== undefined && userPrincipalName !== null && guestMarkIn(userPrincipalName) >= 0;
}

/**
 * The provisioning service hands mappings a guest's own address instead of the tenant's name for it:
 * `alias_their.example#EXT#@tenant` becomes `alias@their.example` (how-provisioning-works).
 */
export function reducedPrincipalName(userPrincipalName: string): string {
  const mark = guestMarkIn(userPrincipalName);
  if (mark < 0) return userPrincipalName;
  const own = userPrincipalName.slice(0, mark);
  // A domain has no underscore, so the last one stands for the "@".
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

/** An attribute as a mapping sees it; undefined where the user has none. */
export function attribute(user: DirectoryUser, name: string): InputValue {
  const value = user[name];
  if (typeof value === "string") return name === "userPrincipalName" ? reducedPrincipalName(value) : value;
  // `objectId` and the like are looked up only if the row does not carry the provisioning name itself.
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

export function attributeLookup(user: DirectoryUser): AttributeLookup {
  return (name) => attribute(user, name);
}

/** What names a person to a reader: the principal name, or failing that the object id. */
export function labelOf(user: DirectoryUser): string {
  return user.userPrincipalName || user.id || user.mail || user.displayName || "(a row without a name)";
}
