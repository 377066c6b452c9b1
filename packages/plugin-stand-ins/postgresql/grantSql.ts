import { type CheckFailure, type PropertyMap, UNKNOWN, hasUnknown } from "@smallstep-ssh/usersync/host";
import { identifier, identifiers } from "./sql";

/** Privileges of each supported object type, in uppercase as in the statements. */
export const privilegesOf = {
  database: ["ALL", "CREATE", "CONNECT", "TEMPORARY"],
  schema: ["ALL", "CREATE", "USAGE"],
  table: ["ALL", "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"],
  column: ["ALL", "SELECT", "INSERT", "UPDATE", "REFERENCES"],
} as const;

export type ObjectType = keyof typeof privilegesOf;

/** A grant without unknown values. */
export interface GrantTarget {
  role: string;
  database: string;
  schema: string;
  objectType: ObjectType;
  objects: string[];
  columns: string[];
  privileges: string[];
  withGrantOption: boolean;
}

export function isObjectType(value: string): value is ObjectType {
  return Object.hasOwn(privilegesOf, value);
}

export function targetOf(properties: PropertyMap): GrantTarget {
  const texts = (name: string) => ((properties[name] ?? []) as unknown[]).map(String);
  const objectType = String(properties["objectType"]);
  if (!isObjectType(objectType)) throw new Error(`objectType: "${objectType}" is not supported by this stand-in.`);
  const privileges = texts("privileges");
  const wrong = privileges.filter((one) => !(privilegesOf[objectType] as readonly string[]).includes(one));
  if (wrong.length > 0) throw new Error(`privileges: ${wrong.join(", ")} is not a privilege of a ${objectType}.`);
  return {
    role: String(properties["role"]),
    database: String(properties["database"]),
    schema: String(properties["schema"] ?? ""),
    objectType,
    objects: texts("objects"),
    columns: texts("columns"),
    privileges,
    withGrantOption: properties["withGrantOption"] === true,
  };
}

/** Reports combinations of inputs that are not allowed. Unknown values count as valid. */
export function wrongParts(inputs: PropertyMap): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const type = inputs["objectType"];
  if (typeof type !== "string" || !isObjectType(type)) return failures;
  const fail = (property: string, reason: string) => failures.push({ property, reason });
  const count = (property: string) => {
    const value = inputs[property];
    return Array.isArray(value) ? value.length : value === UNKNOWN ? undefined : 0;
  };
  const [objects, columns, privileges] = [count("objects"), count("columns"), count("privileges")];
  if (type !== "database" && !inputs["schema"]) fail("schema", `is required when objectType is ${type}.`);
  if ((type === "database" || type === "schema") && objects) {
    fail("objects", "must not be set when objectType is database or schema.");
  }
  if (type !== "column" && columns) fail("columns", "must not be set unless objectType is column.");
  if (type === "column") {
    if (columns === 0) fail("columns", "is required when objectType is column.");
    if (objects !== undefined && objects !== 1)
      fail("objects", "must contain exactly one table when objectType is column.");
    if (privileges !== undefined && privileges !== 1) {
      fail("privileges", "must contain exactly one privilege when objectType is column.");
    }
  }
  const wanted = inputs["privileges"];
  if (Array.isArray(wanted) && !hasUnknown(wanted)) {
    const allowed: readonly string[] = privilegesOf[type];
    const wrong = wanted.map(String).filter((one) => !allowed.includes(one));
    if (wrong.length > 0) fail("privileges", `${wrong.join(", ")} is not one of ${allowed.join(", ")} (${type}).`);
  }
  return failures;
}

/** Returns the GRANT statement, or `undefined` if there is nothing to grant. */
export function grantStatement(target: GrantTarget): string | undefined {
  if (target.privileges.length === 0) return undefined;
  const option = target.withGrantOption ? " WITH GRANT OPTION" : "";
  const columns = target.objectType === "column" ? ` (${identifiers(target.columns)})` : "";
  const privileges = target.privileges.map((privilege) => `${privilege}${columns}`).join(", ");
  return `GRANT ${privileges} ON ${place(target)} TO ${identifier(target.role)}${option}`;
}

/** Returns the REVOKE statement, or `undefined` if there is nothing to revoke. */
export function revokeStatement(target: GrantTarget): string | undefined {
  const { objectType, columns, privileges, objects } = target;
  let privilegeList = "ALL PRIVILEGES";
  if (objectType === "column") {
    if (columns.length === 0 || privileges.length === 0) return undefined;
    privilegeList = privileges.map((privilege) => `${privilege} (${identifiers(columns)})`).join(", ");
  } else if (objectType === "table" && objects.length > 0 && privileges.length > 0) {
    // Revoking all privileges on a table also revokes those on its columns, which other grants may have granted.
    privilegeList = privileges.join(", ");
  }
  return `REVOKE ${privilegeList} ON ${place(target)} FROM ${identifier(target.role)}`;
}

function place({ objectType, database, schema, objects }: GrantTarget): string {
  if (objectType === "database") return `DATABASE ${identifier(database)}`;
  if (objectType === "schema") return `SCHEMA ${identifier(schema)}`;
  if (objects.length === 0) return `ALL TABLES IN SCHEMA ${identifier(schema)}`;
  return `TABLE ${objects.map((object) => `${identifier(schema)}.${identifier(object)}`).join(", ")}`;
}

/** Returns the id in the official provider's format. */
export function grantId({ role, database, schema, objectType, objects, columns }: GrantTarget): string {
  const parts = [role, database, ...(objectType === "database" ? [] : [schema]), objectType, ...objects, ...columns];
  return parts.join("_");
}
