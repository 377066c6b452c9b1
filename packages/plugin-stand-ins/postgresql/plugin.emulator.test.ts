import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./testing";

const Role = "postgresql:index/role:Role";
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

describe("postgresql stand-in", () => {
  it("rejects an sslmode that the stack does not allow", async () => {
    await expect(server.engine(server.database.deployer, { sslmode: "prefer" })).rejects.toThrow(
      /sslmode: "prefer" is not one of disable, require/,
    );
  });

  it.each([
    ["accepts the server with verify-full and its root certificate", { sslmode: "verify-full" }, undefined],
    ["rejects the server with verify-full and another host name", { sslmode: "verify-full", host: "127.1" }, /ALTNAME/],
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
    expect(String(error)).toMatch(/the folk database at localhost:\d+ rejected role "deployer"/);
    expect(String(error)).not.toContain("wrong-password");
  });
});
