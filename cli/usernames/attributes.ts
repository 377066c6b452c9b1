import { graphProperty, reportProperties, type DirectoryUser } from "../../mappings/usernames";

/** Other names under which exports have a property: those of Entra's portal and of its provisioning service. */
const aliases: readonly (readonly [heading: string, property: string])[] = [
  ["objectid", "id"],
  ["object id", "id"],
  ["user principal name", "userPrincipalName"],
  ["display name", "displayName"],
  ["account enabled", "accountEnabled"],
  ["user type", "userType"],
];

/** The properties to read for these attributes of expressions, and those that every report reads. */
export function propertiesFor(attributes: readonly string[]): string[] {
  return [...new Set([...reportProperties, ...attributes.map(graphProperty)])];
}

/** Finds a property by the heading of a column: case does not count, PowerShell writes `UserPrincipalName`. */
export function headingReader(attributes: readonly string[]): (heading: string) => string | undefined {
  const known = new Map(aliases);
  // An attribute's own name comes last, for it is what the expression asks for first.
  for (const name of [...propertiesFor(attributes), ...attributes]) known.set(name.toLowerCase(), name);
  return (heading) => known.get(heading.trim().toLowerCase());
}

function wrong(name: string, value: unknown, expected: string): string {
  const kind = Array.isArray(value)
    ? "a list"
    : typeof value === "object"
      ? "an object"
      : `the ${typeof value} ${JSON.stringify(value)}`;
  return `${name} is ${kind}; expected ${expected}.`;
}

const isText = (value: unknown) => typeof value === "string" || value === null || value === undefined;
const isTruth = (value: unknown) => typeof value === "boolean" || value === null || value === undefined;

/** Why an object is no user: a clause; undefined when it is one. Property by property, since it is asked a million times. */
export function whyNoUser(user: Readonly<Record<string, unknown>>): string | undefined {
  const { id, userPrincipalName, mail, displayName, userType, accountEnabled } = user;
  if (!isText(id)) return wrong("id", id, "a text or null");
  if (!isText(userPrincipalName)) return wrong("userPrincipalName", userPrincipalName, "a text or null");
  if (!isText(mail)) return wrong("mail", mail, "a text or null");
  if (!isText(displayName)) return wrong("displayName", displayName, "a text or null");
  if (!isText(userType)) return wrong("userType", userType, "a text or null");
  if (!isTruth(accountEnabled)) return wrong("accountEnabled", accountEnabled, "true, false or null");
  if (!userPrincipalName && !id) return "neither userPrincipalName nor id: nobody to name.";
  return undefined;
}

export function asUser(user: Readonly<Record<string, unknown>>): DirectoryUser {
  return user as DirectoryUser;
}
