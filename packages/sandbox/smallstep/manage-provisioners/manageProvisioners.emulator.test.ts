import { execFile } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startGraph, type GraphEmulator } from "entra-emulator";
import { send } from "entra-emulator/testing";
import { startTestSmallstep, type TestSmallstep } from "../testing";

let test: TestSmallstep;
let graph: GraphEmulator;
// Below 1024: the operating system gives it to no server of another test. `fetch` rejects port 1 itself.
const closedPort = 2;
beforeAll(async () => {
  test = await startTestSmallstep();
  graph = await startGraph({ authority: test.authority });
});
afterAll(async () => {
  await graph?.close();
  await test?.close();
});

const endpoint = () => `${graph.url}/${graph.tenantId}/v2.0/.well-known/openid-configuration`;
const flags = (changes: Record<string, string | undefined> = {}): string[] => {
  const all: Record<string, string | undefined> = {
    type: "OIDC",
    name: "azuread",
    "listen-address": "127.0.0.1:10000",
    "client-id": "client",
    "client-secret": "s3cret",
    "configuration-endpoint": endpoint(),
    authority: test.smallstep.team.authorityId,
    "tenant-id": graph.tenantId,
    domain: "corp.com",
    ...changes,
  };
  return [
    "--ssh",
    ...Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
  ];
};

/** Runs the program as a container does: with the environment of the image only. */
function run(args: string[], env: Record<string, string> = {}) {
  const { path, env: imageEnv } = test.smallstep.image;
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: [...path, "/usr/bin", "/bin"].join(":"), ...imageEnv, ...env } };
    execFile("/bin/sh", ["-c", 'exec manage-provisioners "$@"', "sh", ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const names = async () => (await test.smallstep.ca.provisioners()).map(({ name }) => name);

describe("manage-provisioners", () => {
  it("adds a provisioner that the CA publishes with step-ca's field names", async () => {
    const added = await run([...flags(), "--domain", "corp.org", "add"]);
    expect(added).toMatchObject({ code: 0, stderr: "" });
    expect(added.stdout).toContain('"azuread"');
    expect(added.stdout).not.toContain("s3cret");
    const published = await send(test.authority.caPem, "GET", `${test.smallstep.ca.url}/provisioners`);
    expect(published.body).toEqual({
      provisioners: [
        expect.objectContaining({ type: "JWK", name: "admin" }),
        expect.objectContaining({ type: "SSHPOP" }),
        {
          type: "OIDC",
          name: "azuread",
          clientID: "client",
          clientSecret: "s3cret",
          configurationEndpoint: endpoint(),
          tenantID: graph.tenantId,
          domains: ["corp.com", "corp.org"],
          listenAddress: "127.0.0.1:10000",
          claims: { enableSSHCA: true },
        },
      ],
      nextCursor: "",
    });

    const again = await run([...flags(), "add"]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("provisioner with name azuread already exists");
    await test.smallstep.ca.remove("azuread");
    expect(await names()).toEqual(["admin", "SSH POP"]);
  });

  it("updates a provisioner in place and fails when it does not exist", async () => {
    const missing = await run([...flags(), "update"]);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("azuread not found") as string });
    await run([...flags(), "add"]);
    await test.smallstep.ca.add({ type: "OIDC", name: "later" });
    const updated = await run([...flags({ "client-secret": "another" }), "update"]);
    expect(updated).toMatchObject({ code: 0, stderr: "" });
    expect(updated.stdout).not.toContain("another");
    const published = await test.smallstep.ca.provisioners();
    expect(published.map(({ name }) => name)).toEqual(["admin", "SSH POP", "azuread", "later"]);
    expect(published[2]).toMatchObject({ clientID: "client", clientSecret: "another" });
    for (const name of ["azuread", "later"]) await test.smallstep.ca.remove(name);
  });

  it("finds the OpenID configuration when the endpoint is an issuer, as step-ca does", async () => {
    const issuer = `${graph.url}/${graph.tenantId}/v2.0`;
    expect(await run([...flags({ "configuration-endpoint": issuer }), "add"])).toMatchObject({ code: 0 });
    await test.smallstep.ca.remove("azuread");
  });

  it.each<[string, () => string[], RegExp]>([
    ["a missing verb (as in the quickstart)", () => flags(), /expected 'add' or 'update' as the last argument/],
    ["another verb", () => [...flags(), "remove"], /'remove', expected 'add'/],
    ["an unknown flag", () => [...flags(), "--frobnicate", "add"], /--frobnicate/],
    ["missing flags", () => [...flags({ domain: undefined, "client-id": undefined }), "add"], /--client-id, --domain/],
    ["an empty value", () => [...flags({ "client-secret": "" }), "add"], /missing --client-secret/],
    ["another type", () => [...flags({ type: "JWK" }), "add"], /only OIDC/],
    ["a cleartext endpoint", () => [...flags({ "configuration-endpoint": "http://x/" }), "add"], /not an https URL/],
    ["a listen address without port", () => [...flags({ "listen-address": "127.0.0.1" }), "add"], /HOST:PORT/],
  ])("rejects %s with usage and exit code 2", async (_what, args, reason) => {
    const { code, stderr } = await run(args());
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
    expect(stderr).toContain("Usage:");
    expect(stderr).not.toContain("s3cret");
    expect(await names()).toEqual(["admin", "SSH POP"]);
  });

  it.each<[string, () => [string[], Record<string, string>?], RegExp]>([
    ["an unknown authority", () => [flags({ authority: "other" })], /authority other was not found/],
    ["an endpoint that does not exist", () => [flags({ "configuration-endpoint": `${graph.url}/none` })], /404/],
    [
      "an endpoint on a closed port",
      () => [flags({ "configuration-endpoint": `https://127.0.0.1:${closedPort}/` })],
      /ECONNREFUSED/,
    ],
    [
      "a document that is not an OpenID configuration",
      () => [flags({ "configuration-endpoint": `${test.smallstep.ca.url}/health?/.well-known/openid-configuration` })],
      /404|issuer and jwks_uri/,
    ],
    ["an untrusted server", () => [flags(), { NODE_EXTRA_CA_CERTS: "" }], /CERT|VERIFY/],
    ["a wrong admin token", () => [flags(), { ADMIN_TOKEN: "wrong" }], /missing authorization/],
  ])("fails with exit code 1 when given %s", async (_what, given, reason) => {
    const [args, env] = given();
    const { code, stderr } = await run([...args, "add"], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain("s3cret");
    expect(await names()).toEqual(["admin", "SSH POP"]);
  });
});

describe("the CA stand-in", () => {
  it("returns provisioners in pages over HTTP and rejects a limit that is not a number", async () => {
    const { ca } = test.smallstep;
    for (let index = 0; index < 30; index++) await ca.add({ type: "OIDC", name: `p${index}` });
    const get = (query: string) => send(test.authority.caPem, "GET", `${ca.url}/provisioners${query}`);
    const first = (await get("")).body;
    expect(first.provisioners).toHaveLength(20);
    const rest = (await get(`?cursor=${first.nextCursor}&limit=100`)).body;
    expect(rest).toMatchObject({ nextCursor: "" });
    expect(rest.provisioners).toHaveLength(12);
    expect(await get("?limit=x")).toMatchObject({ status: 400 });
    for (let index = 0; index < 30; index++) await ca.remove(`p${index}`);
    await expect(ca.remove("p1")).rejects.toThrow(/no provisioner "p1"/);
  });

  it("serves roots and health, and requires the token for the admin API", async () => {
    const { ca, team } = test.smallstep;
    const { caPem } = test.authority;
    expect((await send(caPem, "GET", `${ca.url}/health`)).body).toEqual({ status: "ok" });
    expect((await send(caPem, "GET", `${ca.url}/roots`)).body).toEqual({ crts: [caPem] });
    const url = `${ca.adminUrl}/authorities/${team.authorityId}/provisioners`;
    expect((await send(caPem, "POST", url, { body: "{}" })).status).toBe(401);
    const headers = { authorization: `Bearer ${ca.adminToken}`, "content-type": "application/json" };
    const answer = await send(caPem, "POST", url, { headers, body: JSON.stringify({ type: "OIDC", name: "x" }) });
    expect(answer).toMatchObject({ status: 400, body: { message: "clientID cannot be empty" } });
  });
});
