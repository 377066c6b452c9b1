import { describe, expect, it } from "vitest";

import { UNKNOWN, type PropertyMap, type PropertyValue } from "../../host/types";
import { checkSettings } from "../../settings";
import { databaseSettings } from "./providerSettings";
import { clientConfig } from "./settings";

const failures = (database: PropertyValue) => checkSettings({ database }).failures;

describe("databaseSettings and checkSettings", () => {
  const database: PropertyMap = { host: "db", username: "u", password: "p" };

  it("fills in defaults", async () => {
    expect(await databaseSettings(database)).toEqual({
      host: "db",
      port: 5432,
      name: "folk",
      username: "u",
      password: "p",
      sslmode: "verify-full",
      rootCert: undefined,
    });
  });

  it("requires the setting database and names its required properties", async () => {
    await expect(databaseSettings(undefined)).rejects.toThrow("host, username and password of the folk database");
  });

  it("reads the root certificate, and reports an unreadable file together with other errors", async () => {
    expect((await databaseSettings({ ...database, sslRootCert: __filename })).rootCert).toContain(
      "reads the root certificate",
    );
    const failures = [
      { property: "database.port", reason: "must be a whole number from 1 to 65535." },
      { property: "database.sslRootCert", reason: "the file /no/such.pem cannot be read (ENOENT)." },
    ];
    await expect(databaseSettings({ ...database, port: 0, sslRootCert: "/no/such.pem" })).rejects.toMatchObject({
      failures,
    });
  });

  it.each(["::1", "[::1]"])("connects to an IPv6 address: %s", async (host) => {
    expect(clientConfig(await databaseSettings({ ...database, host })).host).toBe("::1");
  });

  it("accepts unknown values", () => {
    expect(failures({ ...database, host: UNKNOWN, port: UNKNOWN, sslmode: UNKNOWN, sslRootCert: UNKNOWN })).toEqual([]);
    expect(failures("db")).toEqual([{ property: "database", reason: "must be an object." }]);
  });
});
