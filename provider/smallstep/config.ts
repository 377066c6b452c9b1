import { readFile } from "node:fs/promises";
import { sslmodes, cleartextProblem, type DatabaseSettings } from "../folk";
import { InputErrors, UNKNOWN, type CheckFailure, type PropertyMap, type PropertyValue } from "../host";

/** What the handlers of this folder need of the provider's configuration. */
export interface SmallstepConfig {
  /** The setting `database`, as given. */
  readonly database: PropertyMap | undefined;
}

const names = ["host", "port", "name", "username", "password", "sslmode", "sslRootCert"];

/** The provider's setting `database`: what is wrong with it, without a look at the database. What is unknown passes. */
export function checkDatabase(database: PropertyValue | undefined): CheckFailure[] {
  if (database === undefined || database === null || database === UNKNOWN) return [];
  if (typeof database !== "object" || Array.isArray(database))
    return [{ property: "database", reason: "must be an object." }];
  const failures: CheckFailure[] = [];
  const fail = (name: string, reason: string): unknown => failures.push({ property: `database.${name}`, reason });
  for (const name of Object.keys(database)) {
    if (!names.includes(name)) fail(name, `is not known; database has ${names.join(", ")}.`);
  }
  for (const name of ["host", "username", "password"]) {
    const value = database[name];
    if (value !== UNKNOWN && (typeof value !== "string" || value === "")) fail(name, "is required.");
  }
  for (const name of ["name", "sslRootCert"]) {
    const value = database[name] ?? UNKNOWN;
    if (value !== UNKNOWN && (typeof value !== "string" || value === "")) fail(name, "must be text.");
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
 * The provider's setting `database` with its defaults; see DatabaseArgs in provider/sdk/provider.ts.
 * @throws InputErrors with all that is wrong
 */
export async function databaseSettings(given: PropertyMap | undefined): Promise<DatabaseSettings> {
  if (given === undefined) {
    const reason =
      "is required for everything of usersync:smallstep: host, username and password of the folk database.";
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
