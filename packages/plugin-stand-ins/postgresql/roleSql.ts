import { isDeepStrictEqual } from "node:util";

import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { identifier, identifiers, literal } from "./sql";

const flags = {
  superuser: "SUPERUSER",
  createDatabase: "CREATEDB",
  createRole: "CREATEROLE",
  inherit: "INHERIT",
  login: "LOGIN",
  bypassRowLevelSecurity: "BYPASSRLS",
  replication: "REPLICATION",
} as const;

/** Returns the statements that create a role. */
export function createStatements(wanted: PropertyMap): string[] {
  const name = identifier(String(wanted["name"]));
  const options = [
    ...passwordOption(wanted),
    `VALID UNTIL ${validUntil(wanted)}`,
    `CONNECTION LIMIT ${Number(wanted["connectionLimit"] ?? -1)}`,
    ...Object.entries(flags).map(([property, word]) => `${wanted[property] === true ? "" : "NO"}${word}`),
  ];
  const unset: PropertyMap = { roles: [] };
  return [
    `CREATE ROLE ${name} WITH ${options.join(" ")}`,
    ...membershipStatements(unset, wanted),
    ...configStatements(unset, wanted),
  ];
}

/**
 * Returns the statements that change a role from `state` to `wanted`. They contain only the differences, because each
 * option needs its own privileges.
 */
export function alterStatements(state: PropertyMap, wanted: PropertyMap): string[] {
  const changed = (property: string) => !isDeepStrictEqual(state[property] ?? null, wanted[property] ?? null);
  const name = identifier(String(wanted["name"]));
  const statements: string[] = [];
  if (changed("name")) statements.push(`ALTER ROLE ${identifier(String(state["name"]))} RENAME TO ${name}`);
  // An MD5 password hash includes the role's name, so a new name requires setting the password again.
  const options = changed("password") || changed("name") ? passwordOption(wanted) : [];
  if (changed("connectionLimit")) options.push(`CONNECTION LIMIT ${Number(wanted["connectionLimit"] ?? -1)}`);
  if (changed("validUntil")) options.push(`VALID UNTIL ${validUntil(wanted)}`);
  for (const [property, word] of Object.entries(flags)) {
    const now = wanted[property] === true;
    if ((state[property] === true) !== now) options.push(`${now ? "" : "NO"}${word}`);
  }
  if (options.length > 0) statements.push(`ALTER ROLE ${name} WITH ${options.join(" ")}`);
  return [...statements, ...membershipStatements(state, wanted), ...configStatements(state, wanted)];
}

function passwordOption(wanted: PropertyMap): string[] {
  const password = wanted["password"];
  if (typeof password !== "string" || password === "") return [];
  if (password.toUpperCase() === "NULL") return ["PASSWORD NULL"];
  return [`${wanted["encryptedPassword"] === false ? "UNENCRYPTED" : "ENCRYPTED"} PASSWORD ${literal(password)}`];
}

function validUntil(wanted: PropertyMap): string {
  const text = String(wanted["validUntil"] ?? "infinity");
  return literal(text === "" ? "infinity" : text);
}

function membershipStatements(state: PropertyMap, wanted: PropertyMap): string[] {
  const [before, after] = [texts(state["roles"]), texts(wanted["roles"])];
  const name = identifier(String(wanted["name"]));
  return [
    ...before.filter((role) => !after.includes(role)).map((role) => `REVOKE ${identifier(role)} FROM ${name}`),
    ...after.filter((role) => !before.includes(role)).map((role) => `GRANT ${identifier(role)} TO ${name}`),
  ];
}

function configStatements(state: PropertyMap, wanted: PropertyMap): string[] {
  const alter = `ALTER ROLE ${identifier(String(wanted["name"]))}`;
  const setting = (property: string, name: string, value: string | undefined) => {
    if (isDeepStrictEqual(state[property] ?? undefined, wanted[property] ?? undefined)) return [];
    return [value === undefined ? `${alter} RESET ${name}` : `${alter} SET ${name} TO ${value}`];
  };
  const count = (property: string) => (wanted[property] ? String(Number(wanted[property])) : undefined);
  const path = texts(wanted["searchPath"]);
  const assumed = wanted["assumeRole"];
  return [
    ...setting("searchPath", "search_path", path.length === 0 ? undefined : identifiers(path)),
    ...setting("statementTimeout", "statement_timeout", count("statementTimeout")),
    ...setting(
      "idleInTransactionSessionTimeout",
      "idle_in_transaction_session_timeout",
      count("idleInTransactionSessionTimeout"),
    ),
    ...setting("assumeRole", "role", assumed ? identifier(String(assumed)) : undefined),
  ];
}

function texts(value: PropertyMap[string]): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
