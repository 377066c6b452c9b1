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

const texts = ["id", "userPrincipalName", "mail", "displayName", "userType"] as const;

function kind(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `the ${typeof value} ${String(value)}`;
}

/** Why an object is no user: a clause; undefined when it is one. */
export function whyNoUser(user: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of texts) {
    const value = user[name];
    if (typeof value !== "string" && value !== undefined && value !== null) {
      return `${name} is ${kind(value)}; expected a text or null.`;
    }
  }
  const { accountEnabled } = user;
  if (typeof accountEnabled !== "boolean" && accountEnabled !== undefined && accountEnabled !== null) {
    return `accountEnabled is ${kind(accountEnabled)}; expected true, false or null.`;
  }
  if (!user["userPrincipalName"] && !user["id"]) return "has neither userPrincipalName nor id: nobody to name.";
  return undefined;
}

export function asUser(user: Readonly<Record<string, unknown>>): DirectoryUser {
  return user as DirectoryUser;
}
