import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createAuthority, type Authority } from "./tls";

const dir = mkdtempSync(join(tmpdir(), "tls-"));
let authority: Authority;
let close: () => void = () => undefined;
let port = 0;

beforeAll(async () => {
  authority = await createAuthority(dir);
  const server = createServer(await authority.issue(), (_request, response) => response.end("hello"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.address() as AddressInfo).port;
  close = () => server.close();
});

afterAll(() => {
  close();
  rmSync(dir, { recursive: true });
});

function get(host: string, ca?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host, port, ...(ca === undefined ? {} : { ca }) }, (response) => {
      response.setEncoding("utf8").on("data", resolve);
    });
    call.on("error", reject).end();
  });
}

describe("createAuthority", () => {
  it("issues certificates that clients of the CA accept for a host name and an IP address", async () => {
    expect(await get("localhost", authority.caPem)).toBe("hello");
    expect(await get("127.0.0.1", authority.caPem)).toBe("hello");
  });

  it("issues certificates that clients without the CA reject", async () => {
    await expect(get("localhost")).rejects.toThrow(/certificate/);
  });

  it("issues certificates that clients reject for any other host name", async () => {
    const other = await authority.issue(["folk.example.com"]);
    const server = createServer(other, (_request, response) => response.end());
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const call = new Promise((resolve, reject) =>
      request({ host: "localhost", port: (server.address() as AddressInfo).port, ca: authority.caPem }, resolve)
        .on("error", reject)
        .end(),
    );
    await expect(call).rejects.toThrow(/altnames/);
    server.close();
  });

  it("writes a bundle that contains the CA and the certificates that child processes already trust", async () => {
    const script = `fetch("https://localhost:${port}").then((r) => r.text()).then(console.log)`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
      env: { PATH: process.env["PATH"], ...authority.trustEnvironment() },
    });
    expect(stdout.trim()).toBe("hello");
    const bundle = readFileSync(authority.bundleFile, "utf8");
    expect(bundle.endsWith(authority.caPem)).toBe(true);
    const before = process.env["SSL_CERT_FILE"];
    if (before) expect(bundle).toContain(readFileSync(before, "utf8").trim());
  });

  it("writes no private key to disk", () => {
    expect(readFileSync(authority.caFile, "utf8")).not.toContain("PRIVATE");
    expect(readFileSync(authority.bundleFile, "utf8")).not.toContain("PRIVATE KEY");
  });
});
