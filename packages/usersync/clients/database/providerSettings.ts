import { readFile } from "node:fs/promises";

import { property } from "../../host/properties";
import { InputErrors, type PropertyMap } from "../../host/types";
import { checkValues } from "../../host/validate";
import { databaseSetting, type DatabaseSettings } from "./settings";

/** Provider configuration that the handlers of this folder need. */
export interface SmallstepConfig {
  /** Setting `database`, not validated; undefined if it is not set. */
  readonly database: PropertyMap | undefined;
}

const required = { database: property("", databaseSetting) };

/** Returns the provider's setting `database` with defaults. @throws InputErrors with all invalid settings */
export async function databaseSettings(given: PropertyMap | undefined): Promise<DatabaseSettings> {
  if (given === undefined) {
    const reason = "is required by all of usersync:smallstep: set host, username and password of the folk database.";
    throw new InputErrors([{ property: "database", reason }]);
  }
  const { values, failures } = checkValues(required, { database: given });
  const { sslRootCert, ...settings } = values.database;
  let rootCert: string | undefined;
  if (typeof sslRootCert === "string" && sslRootCert !== "") {
    try {
      rootCert = await readFile(sslRootCert, "utf8");
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      failures.push({ property: "database.sslRootCert", reason: `the file ${sslRootCert} cannot be read (${code}).` });
    }
  }
  if (failures.length > 0) throw new InputErrors(failures);
  return { ...settings, rootCert };
}
