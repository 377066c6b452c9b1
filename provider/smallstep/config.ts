import { readFile } from "node:fs/promises";
import { sslmodes, whyNotInClear, type FolkSettings } from "../folk";
import { InputErrors, UNKNOWN, type CheckFailure, type PropertyMap, type PropertyValue } from "../host";

/** What the handlers of this folder need of the provider's configuration. */
export interface SmallstepConfig {
  /** The setting `folk`, as given. */
  readonly folk: PropertyMap | undefined;
}

const names = ["host", "port", "database", "username", "password", "sslmode", "sslRootCert"];

/** The provider's setting `folk`: what is wrong with it, without a look at the database. What is unknown passes. */
export function checkFolk(folk: PropertyValue | undefined): CheckFailure[] {
  if (folk === undefined || folk === null || folk === UNKNOWN) return [];
  if (typeof folk !== "object" || Array.isArray(folk)) return [{ property: "folk", reason: "must be an object." }];
  const failures: CheckFailure[] = [];
  const fail = (name: string, reason: string): unknown => failures.push({ property: `folk.${name}`, reason });
  for (const name of Object.keys(folk)) {
    if (!names.includes(name)) fail(name, `is not known; folk has ${names.join(", ")}.`);
  }
  for (const name of ["host", "username", "password"]) {
    const value = folk[name];
    if (value !== UNKNOWN && (typeof value !== "string" || value === "")) fail(name, "is required.");
  }
  for (const name of ["database", "sslRootCert"]) {
    const value = folk[name] ?? UNKNOWN;
    if (value !== UNKNOWN && (typeof value !== "string" || value === "")) fail(name, "must be text.");
  }
  const { port, sslmode } = folk;
  if (port != null && port !== UNKNOWN && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65536)) {
    fail("port", "must be a whole number from 1 to 65535.");
  }
  if (sslmode != null && sslmode !== UNKNOWN && !sslmodes.some((mode) => mode === sslmode)) {
    fail("sslmode", `must be one of ${sslmodes.join(", ")}.`);
  }
  const inClear = typeof folk["host"] === "string" ? whyNotInClear(String(sslmode), folk["host"]) : undefined;
  if (inClear !== undefined) fail("sslmode", `${inClear}.`);
  return failures;
}

/**
 * The provider's setting `folk` with its defaults; see FolkArgs in provider/sdk/provider.ts.
 * @throws InputErrors with all that is wrong
 */
export async function folkSettings(given: PropertyMap | undefined): Promise<FolkSettings> {
  if (given === undefined) {
    const reason =
      "is required for everything of usersync:smallstep: host, username and password of the folk database.";
    throw new InputErrors([{ property: "folk", reason }]);
  }
  const failures = checkFolk(given);
  const { host, port, database, username, password, sslmode, sslRootCert } = given;
  let rootCert: string | undefined;
  if (typeof sslRootCert === "string" && sslRootCert !== "") {
    try {
      rootCert = await readFile(sslRootCert, "utf8");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      failures.push({ property: "folk.sslRootCert", reason: `the file ${sslRootCert} cannot be read (${code}).` });
    }
  }
  if (failures.length > 0) throw new InputErrors(failures);
  return {
    host: String(host),
    port: typeof port === "number" ? port : 5432,
    database: typeof database === "string" ? database : "folk",
    username: String(username),
    password: String(password),
    sslmode: sslmodes.find((mode) => mode === sslmode) ?? "verify-full",
    rootCert,
  };
}
