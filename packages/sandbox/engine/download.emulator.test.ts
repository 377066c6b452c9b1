import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { download, downloadText, probe } from "./download";

const content = Buffer.alloc(300_000, "x");
let server: Server;
let url: string;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "download-"));
  server = createServer((request, response) => {
    if (request.url === "/file") response.end(content);
    else response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true, force: true });
});

describe("download", () => {
  it("writes the file when its checksum matches the published one", async () => {
    const file = path.join(dir, "good");
    await download(`${url}/file`, file, createHash("sha256").update(content).digest("hex"));
    expect(content.equals(await readFile(file))).toBe(true);
  });

  it("rejects a file with a different checksum", async () => {
    const attempt = download(`${url}/file`, path.join(dir, "bad"), "0".repeat(64));
    await expect(attempt).rejects.toThrow(/has the SHA-256 [0-9a-f]{64}, but the published SHA-256 is 0{64}/);
  });

  it("names the URL and the status when a download is rejected or unreachable", async () => {
    await expect(downloadText(`${url}/forbidden`)).rejects.toThrow(`${url}/forbidden is unreachable (returned 403`);
    await expect(probe("http://127.0.0.1:9/")).rejects.toThrow("http://127.0.0.1:9/ is unreachable");
  });
});
