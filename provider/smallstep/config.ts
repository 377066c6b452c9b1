import { readFile } from "node:fs/promises";
import { sslmodes, type FolkSettings } from "../folk";
import { InputErrors, type CheckFailure, type PropertyMap } from "../host";

/** What the handlers of this folder need of the provider's configuration. */
export interface SmallstepConfig {
  /** The setting `folk`, as given. */
  readonly folk: PropertyMap | undefined;
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
  const failures: CheckFailure[] = [];
  const text = (name: string, fallback?: string): string => {
    const value = given[name] ?? fallback;
    if (typeof value === "string" && value !== "") return value;
    failures.push({ property: `folk.${name}`, reason: "must be text." });
    return "";
  };
  const port = Number(given["port"] ?? 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    failures.push({ property: "folk.port", reason: "must be a whole number from 1 to 65535." });
  }
  const sslmode = text("sslmode", "verify-full");
  if (sslmode !== "" && !sslmodes.some((mode) => mode === sslmode)) {
    failures.push({ property: "folk.sslmode", reason: `"${sslmode}" is not one of ${sslmodes.join(", ")}.` });
  }
  let rootCert: string | undefined;
  const file = given["sslRootCert"];
  if (typeof file === "string" && file !== "") {
    try {
      rootCert = await readFile(file, "utf8");
    } catch {
      failures.push({ property: "folk.sslRootCert", reason: `the file ${file} cannot be read.` });
    }
  }
  const settings = {
    host: text("host"),
    port,
    database: text("database", "folk"),
    username: text("username"),
    password: text("password"),
    sslmode: sslmode as FolkSettings["sslmode"],
    rootCert,
  };
  if (failures.length > 0) throw new InputErrors(failures);
  return settings;
}
