import { afterAll, beforeAll, describe, expect, it } from "vitest";

import manifest from "@pulumi/postgresql/package.json";
import { checkSettings, readSettings } from "./settings";
import { startTestServer, type TestServer } from "./testing";
import { version } from "./version";

const Role = "postgresql:index/role:Role";
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

describe("postgresql stand-in", () => {
  it("reports the version of the npm package @pulumi/postgresql", () => {
    expect(version).toBe(manifest.version);
  });

  it("reads explicit settings, libpq's environment variables and the official defaults", () => {
    expect(readSettings({}, {})).toEqual({
      host: "localhost",
      port: 5432,
      database: "postgres",
      username: "postgres",
      databaseUsername: "postgres",
      superuser: true,
      sslmode: "require",
      connectTimeoutSeconds: 180,
      maxConnections: 20,
    });
    const env = {
      PGHOST: "db",
      PGPORT: "6432",
      PGUSER: "me",
      PGPASSWORD: "p",
      PGSUPERUSER: "false",
      PGSSLMODE: "disable",
    };
    expect(readSettings({ host: "other" }, env)).toMatchObject({
      host: "other",
      port: 6432,
      username: "me",
      databaseUsername: "me",
      password: "p",
      superuser: false,
      sslmode: "disable",
    });
  });

  it("names each invalid setting", () => {
    const news = { port: 0, sslmode: "prefer", sslrootcert: "/nowhere/ca.pem", clientcert: {} };
    const properties = checkSettings(news).map(({ property }) => property);
    expect(properties.sort()).toEqual(["clientcert", "port", "sslmode", "sslrootcert"]);
  });

  it.each([
    ["accepts the server with verify-full and its root certificate", { sslmode: "verify-full" }, undefined],
    [
      "rejects the server with verify-full and another host name",
      { sslmode: "verify-full", host: "127.1" },
      /altnames/,
    ],
    ["accepts the server with verify-ca and another host name", { sslmode: "verify-ca", host: "127.1" }, undefined],
    [
      "rejects the server with verify-full and no root certificate",
      { sslmode: "verify-full", sslrootcert: "" },
      /certificate/,
    ],
    ["accepts the server with require and no root certificate", { sslmode: "require", sslrootcert: "" }, undefined],
    ["reports the server's rejection of sslmode disable", { sslmode: "disable" }, /pg_hba|encryption/],
  ])("%s", async (_name, settings, refused) => {
    const engine = await server.engine(server.database.deployer, settings);
    const read = engine.read(Role, "deployer");
    if (refused === undefined) expect((await read).id).toBe("deployer");
    else await expect(read).rejects.toThrow(refused);
  });

  it("names the server, database and user but not the password when a login fails", async () => {
    const engine = await server.engine({ username: "deployer", password: "wrong-password" });
    const error = await engine.read(Role, "deployer").catch((one: Error) => one);
    expect(String(error)).toMatch(
      /PostgreSQL at localhost:\d+, database "folk", as "deployer": password authentication/,
    );
    expect(String(error)).not.toContain("wrong-password");
  });
});
