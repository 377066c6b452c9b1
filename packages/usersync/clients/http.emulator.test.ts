import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { getProxyForUrl } from "proxy-from-env";
import { createAuthority, type Authority } from "entra-emulator";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { publishedProvisioners } from "./ca";
import { startScripted, type Answer, type Received, type ScriptedServer } from "./graph/testing";
import { HttpError } from "./http";
import { countActiveUsers, missingUsers } from "./scim";

const dir = mkdtempSync(join(tmpdir(), "http-"));
const times = { firstMs: 1, maxRetryAfterMs: 5000, requestMs: 20_000 };
let authority: Authority;
let server: ScriptedServer;
beforeAll(async () => {
  authority = await createAuthority(dir);
});
afterAll(() => rmSync(dir, { recursive: true }));
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const options = () => ({ rootCert: server.ca, times });
async function start(answer: (request: Received, times: number) => Answer): Promise<void> {
  server = await startScripted(authority, answer);
}
async function failure(promise: Promise<unknown>): Promise<HttpError> {
  const error = await promise.then(
    () => expect.fail("should have failed"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpError);
  return error as HttpError;
}

describe("answers of the CA", () => {
  it.each([
    ["no body", undefined],
    ["an empty object", {}],
    ["a list", []],
    ["a string", '"oops"'],
    ["an error object", { error: { message: "no" } }],
    ["provisioners that are null", { provisioners: null }],
    ["a provisioner that is null", { provisioners: [null] }],
    ["a cursor that is a number", { provisioners: [], nextCursor: 7 }],
    ["3,000 levels", `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`],
    ["a page of HTML", "<html>"],
  ])("reports an unexpected answer: %s", async (_name, body) => {
    await start(() => ({ status: 200, body }));
    const { message } = await failure(publishedProvisioners(server.url, options()));
    expect(message).toContain(`GET ${server.url}/provisioners returned an unexpected answer: `);
    expect(server.received).toHaveLength(3);
  });

  it("ends a list whose cursors repeat or never end", async () => {
    await start(() => ({ body: { provisioners: [], nextCursor: "same" } }));
    expect((await failure(publishedProvisioners(server.url, options()))).message).toContain("a second time");
    await server.close();
    await start(({ path }) => ({ body: { provisioners: [], nextCursor: `${path.length}-${Math.random()}` } }));
    expect((await failure(publishedProvisioners(server.url, options()))).message).toContain("more than 1000 pages");
  });

  it("limits the size of an answer after decompression", async () => {
    const packed = gzipSync(Buffer.alloc(40 * 1024 * 1024, " "));
    await start(() => ({ status: 200, raw: packed, headers: { "content-encoding": "gzip" } }));
    const error = await failure(publishedProvisioners(server.url, options()));
    expect([error.code, error.transient]).toEqual(["TOO_LARGE", false]);
    expect(error.message).toContain("more than 16 MiB");
  });

  it("reads a compressed answer", async () => {
    const body = gzipSync(JSON.stringify({ provisioners: [{ name: "a", type: "OIDC" }] }));
    await start(() => ({ status: 200, raw: body, headers: { "content-encoding": "gzip" } }));
    expect(await publishedProvisioners(server.url, options())).toEqual([{ name: "a", type: "OIDC" }]);
  });

  it("names the target of a redirect and does not follow it", async () => {
    await start(() => ({ status: 302, headers: { location: "https://portal.example/login?token=1" } }));
    expect((await failure(publishedProvisioners(server.url, options()))).message).toBe(
      `GET ${server.url}/provisioners returned 302 Found, a redirect to https://portal.example`,
    );
  });

  it("retries single faults and fails at once when Retry-After is a day", async () => {
    await start((_, n) => (n === 1 ? { status: 503 } : { body: { provisioners: [] } }));
    expect(await publishedProvisioners(server.url, options())).toEqual([]);
    await server.close();
    await start(() => ({ status: 503, headers: { "retry-after": "86400" } }));
    expect((await failure(publishedProvisioners(server.url, options()))).status).toBe(503);
    expect(server.received).toHaveLength(1);
  });
});

describe("users of a SCIM directory", () => {
  const users = (count: number, from = 0, active: unknown = true) =>
    Array.from({ length: count }, (_, index) => ({ id: `u${from + index}`, userName: `user${from + index}`, active }));
  const count = () => countActiveUsers(server.url, "t", options());

  it("counts each user once when the server ignores startIndex", async () => {
    await start(() => ({ body: { totalResults: 250, Resources: users(100) } }));
    expect(await count()).toBe(100);
    expect(server.received).toHaveLength(2);
  });

  it("ends when totalResults is larger than the number of users", async () => {
    await start(({ path }) => ({
      body: { totalResults: 1e15, Resources: path.endsWith("startIndex=1") ? users(100) : [] },
    }));
    expect(await count()).toBe(100);
  });

  it.each([
    [true, 1],
    ["True", 1],
    [undefined, 1],
    [false, 0],
    ["False", 0],
    [null, 0],
    [0, 0],
    [1, 0],
    ["no", 0],
  ])("reads active: %s", async (active, expected) => {
    await start(() => ({ body: { totalResults: 1, Resources: [{ ...users(1)[0], active }] } }));
    expect(await count()).toBe(expected);
  });

  it.each([
    ["no body", undefined],
    ["no totalResults", { Resources: [] }],
    ["a user that is null", { totalResults: 1, Resources: [null] }],
    ["users that it does not return", { totalResults: 5 }],
  ])("never counts 0 users for an answer with %s", async (_name, body) => {
    await start(() => ({ status: 200, body }));
    await failure(count());
  });

  it("finds a required user only by name when the server ignores the filter", async () => {
    await start(() => ({ body: { totalResults: 3, Resources: users(3) } }));
    expect(await missingUsers(server.url, "t", ["USER1", "other"], options())).toEqual(["other"]);
  });
});

describe("proxy", () => {
  /** Starts a proxy that resolves each name to this machine, and records the targets. */
  async function startProxy(): Promise<{ proxy: Server; url: string; targets: string[] }> {
    const targets: string[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      targets.push(request.url ?? "");
      const upstream = connect(Number(new URL(server.url).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      for (const one of [socket, upstream]) one.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    return { proxy, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, targets };
  }

  it("is used for CA and SCIM as HTTPS_PROXY and NO_PROXY require, also with an own root certificate", async () => {
    await start(({ path }) => ({
      body: path.includes("Users") ? { totalResults: 0 } : { provisioners: [] },
    }));
    const { proxy, url, targets } = await startProxy();
    // Without a scheme too, as curl accepts it.
    vi.stubEnv("HTTPS_PROXY", url.replace("http://", ""));
    expect(await publishedProvisioners(server.url, options())).toEqual([]);
    expect(targets).toEqual([server.host]);
    vi.stubEnv("HTTPS_PROXY", url);
    expect(await publishedProvisioners(server.url, options())).toEqual([]);
    expect(await countActiveUsers(server.url, "t", options())).toBe(0);
    expect(new Set(targets)).toEqual(new Set([server.host]));
    const before = targets.length;
    for (const hosts of ["localhost", "*", "*.example.com, localhost", `${server.host}`, "*host"]) {
      vi.stubEnv("NO_PROXY", hosts);
      expect(await publishedProvisioners(server.url, options())).toEqual([]);
      expect([hosts, targets.length]).toEqual([hosts, before]);
    }
    proxy.closeAllConnections();
    proxy.close();
  });

  it.each(["socks5://127.0.0.1:1", "http://", "not a url"])("reports a proxy of another kind: %s", async (proxy) => {
    vi.stubEnv("HTTPS_PROXY", proxy);
    await expect(publishedProvisioners("https://ca.example.com", { retries: 0 })).rejects.toThrow(
      /got no response \(HTTPS_PROXY or ALL_PROXY is not the URL of an HTTP proxy\)/,
    );
  });

  it.each([
    ["https://ca.corp.com", ".corp.com", false],
    ["https://ca.corp.com", "*.corp.com", false],
    ["https://CA.CORP.COM", "*.Corp.com", false],
    ["https://corp.com", "*.corp.com", true],
    ["https://notcorp.com", ".corp.com", true],
    ["https://ca.corp.com", "corp.com", true],
    ["https://ca.corp.com", "other.com,*", false],
    ["https://ca.corp.com", "ca.corp.com:8443", true],
    ["https://ca.corp.com:8443", "ca.corp.com:8443", false],
    ["https://[::1]", "[::1]", false],
  ])("of %s with NO_PROXY=%s is used: %s", (url, hosts, isUsed) => {
    vi.stubEnv("HTTPS_PROXY", "http://proxy:8080");
    vi.stubEnv("NO_PROXY", hosts);
    expect(getProxyForUrl(url)).toBe(isUsed ? "http://proxy:8080" : "");
  });
});

it("honours NODE_EXTRA_CA_CERTS when a root certificate is set", async () => {
  await start(() => ({ body: { provisioners: [] } }));
  const other = await createAuthority(join(dir, "other"));
  const extra = join(dir, "extra.pem");
  writeFileSync(extra, authority.caPem);
  const program = `
    const { publishedProvisioners } = require(${JSON.stringify(join(__dirname, "ca.ts"))});
    publishedProvisioners(${JSON.stringify(server.url)}, { rootCert: ${JSON.stringify(other.caPem)}, retries: 0 })
      .then((found) => console.log("found", found.length), (error) => console.log(error.message));`;
  const run = (env: object) =>
    promisify(execFile)(process.execPath, ["--conditions=source", "--require", "tsx/cjs", "-e", program], {
      env: { ...process.env, ...env },
    });
  expect((await run({ NODE_EXTRA_CA_CERTS: extra })).stdout).toBe("found 0\n");
  expect((await run({ NODE_EXTRA_CA_CERTS: "" })).stdout).toMatch(/CERT|SELF_SIGNED|VERIFY/);
  expect((await run({ NODE_EXTRA_CA_CERTS: join(dir, "none.pem") })).stdout).toMatch(
    /the file \S+none\.pem of NODE_EXTRA_CA_CERTS cannot be read/,
  );
});
