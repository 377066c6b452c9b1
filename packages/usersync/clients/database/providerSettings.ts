import { readFile } from "node:fs/promises";
import { sslmodes, cleartextProblem, type DatabaseSettings } from "./settings";
import { InputErrors, UNKNOWN, type CheckFailure, type PropertyMap, type PropertyValue } from "../../host/types";

/** Provider configuration that the handlers of this folder need. */
export interface SmallstepConfig {
  /** Setting `database`, not validated; undefined if it is not set. */
  readonly database: PropertyMap | undefined;
}

const names = ["host", "port", "name", "username", "password", "sslmode", "sslRootCert"];

/** Checks the provider's setting `database` without connecting to the database. Unknown values pass. */
export function checkDatabase(database: PropertyValue | undefined): CheckFailure[] {
  if (database === undefined || database === null || database === UNKNOWN) return [];
  if (typeof database !== "object" || Array.isArray(database))
    return [{ property: "database", reason: "must be an object." }];
  const failures: CheckFailure[] = [];
  const fail = (name: string, reason: string): unknown => failures.push({ property: `database.${name}`, reason });
  for (const name of Object.keys(database)) {
    if (!names.includes(name)) fail(name, `is not a setting; database has ${names.join(", ")}.`);
  }
  for (const name of ["host", "username", "password"]) {
    const value = database[name];
    if (value !== UNKNOWN && (typeof value !== "string" || value === "")) fail(name, "is required.");
  }
  for (const name of ["name", "sslRootCert"]) {
    const value = database[name] ?? UNKNOWN;
    if (value !== UNKNOWN && (typeof value !== "string" || value === "")) fail(name, "must be a string.");
  }
  const { port, sslmode } = database;
  if (port != null && port !== UNKNOWN && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65536)) {
    fail("port", "must be a whole number from 1 to 65535.");
  }
  if (sslmode != null && sslmode !== UNKNOWN && !sslmodes.some((mode) => mode === sslmode)) {
    fail("sslmode", `must be one of ${sslmodes.join(", ")}.`);
  }
  const inClear =
    typeof database["host"] === "string" ? cleartextProblem(String(sslmode), database["host"]) : undefined;
  if (inClear !== undefined) fail("sslmode", `${inClear}.`);
  return failures;
}

/**
 * Returns the provider's setting `database` with defaults. See DatabaseArgs in sdk/provider.ts.
 * @throws InputErrors with all invalid settings
 */
export async function databaseSettings(given: PropertyMap | undefined): Promise<DatabaseSettings> {
  if (given === undefined) {
    const reason = "is required by all of usersync:smallstep: set host, username and password of the folk database.";
    throw new InputErrors([{ property: "database", reason }]);
  }
  const failures = checkDatabase(given);
  const { host, port, name, username, password, sslmode, sslRootCert } = given;
  let rootCert: string | undefined;
  if (typeof sslRootCert === "string" && sslRootCert !== "") {
    try {
      rootCert = await readFile(sslRootCert, "utf8");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      failures.push({ property: "database.sslRootCert", reason: `the file ${sslRootCert} cannot be read (${code}).` });
    }
  }
  if (failures.length > 0) throw new InputErrors(failures);
  return {
    host: String(host),
    port: typeof port === "number" ? port : 5432,
    name: typeof name === "string" ? name : "folk",
    username: String(username),
    password: String(password),
    sslmode: sslmodes.find((mode) => mode === sslmode) ?? "verify-full",
    rootCert,
  };
}
