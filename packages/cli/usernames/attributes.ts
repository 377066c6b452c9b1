import { graphProperty, reportProperties } from "entra-mappings";

/** Other headings for a property, as in exports of Entra's portal and its provisioning service. */
const aliases: readonly (readonly [heading: string, property: string])[] = [
  ["objectid", "id"],
  ["object id", "id"],
  ["user principal name", "userPrincipalName"],
  ["display name", "displayName"],
  ["account enabled", "accountEnabled"],
  ["user type", "userType"],
];

/** Returns the properties to read: those of the given expression attributes, and those that every report needs. */
export function propertiesFor(attributes: readonly string[]): string[] {
  return [...new Set([...reportProperties, ...attributes.map(graphProperty)])];
}

/** Returns a function that maps a column heading to its property. It ignores case, because PowerShell writes `UserPrincipalName`. */
export function headingReader(attributes: readonly string[]): (heading: string) => string | undefined {
  const known = new Map(aliases);
  // An attribute's own name is set last, because an expression looks it up first.
  for (const name of [...propertiesFor(attributes), ...attributes]) known.set(name.toLowerCase(), name);
  return (heading) => known.get(heading.trim().toLowerCase());
}

function invalidValue(name: string, value: unknown, expected: string): string {
  const kind = Array.isArray(value)
    ? "a list"
    : typeof value === "object"
      ? "an object"
      : `the ${typeof value} ${JSON.stringify(value)}`;
  return `${name} is ${kind}; expected ${expected}.`;
}

const isText = (value: unknown) => typeof value === "string" || value === null || value === undefined;
const isTruth = (value: unknown) => typeof value === "boolean" || value === null || value === undefined;

/** Returns why an object is not a valid user. Undefined: it is valid. Unrolled, because it runs for up to millions of users. */
export function whyNoUser(user: Readonly<Record<string, unknown>>): string | undefined {
  const { id, userPrincipalName, mail, displayName, userType, accountEnabled } = user;
  if (!isText(id)) return invalidValue("id", id, "a string or null");
  if (!isText(userPrincipalName)) return invalidValue("userPrincipalName", userPrincipalName, "a string or null");
  if (!isText(mail)) return invalidValue("mail", mail, "a string or null");
  if (!isText(displayName)) return invalidValue("displayName", displayName, "a string or null");
  if (!isText(userType)) return invalidValue("userType", userType, "a string or null");
  if (!isTruth(accountEnabled)) return invalidValue("accountEnabled", accountEnabled, "true, false or null");
  if (!userPrincipalName && !id) return "userPrincipalName and id are missing; expected at least one of them.";
  return undefined;
}
