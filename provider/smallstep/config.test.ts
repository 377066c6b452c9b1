import { describe, expect, it } from "vitest";

import { UNKNOWN, type PropertyMap } from "../host";
import { checkFolk, folkSettings } from "./config";

describe("folk", () => {
  const folk: PropertyMap = { host: "db", username: "u", password: "p" };

  it("has defaults", async () => {
    expect(await folkSettings(folk)).toEqual({
      host: "db",
      port: 5432,
      database: "folk",
      username: "u",
      password: "p",
      sslmode: "verify-full",
      rootCert: undefined,
    });
  });

  it("is required, in words", async () => {
    await expect(folkSettings(undefined)).rejects.toThrow("host, username and password of the folk database");
  });

  it("reads the root certificate's file, or says that it cannot, with all else that is wrong", async () => {
    expect((await folkSettings({ ...folk, sslRootCert: __filename })).rootCert).toContain("reads the root certificate");
    const failures = [
      { property: "folk.port", reason: "must be a whole number from 1 to 65535." },
      { property: "folk.sslRootCert", reason: "the file /no/such.pem cannot be read (ENOENT)." },
    ];
    await expect(folkSettings({ ...folk, port: 0, sslRootCert: "/no/such.pem" })).rejects.toMatchObject({ failures });
  });

  it("may be unknown in part", () => {
    expect(checkFolk({ ...folk, host: UNKNOWN, port: UNKNOWN, sslmode: UNKNOWN, sslRootCert: UNKNOWN })).toEqual([]);
    expect(checkFolk("db")).toEqual([{ property: "folk", reason: "must be an object." }]);
  });
});
