import { createHash, randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import express from "express";
import type { Login } from "./login";

/** Creation and modification time of every blob. No client uses it. */
const epoch = new Date(0).toUTCString();
const resource = "https://storage.azure.com";

export interface BlobStorage {
  listener: RequestListener;
  /** Client ids with a role on the container. */
  contributors: Set<string>;
  readers: Set<string>;
  /** Blobs of the container, by name. */
  blobs: Map<string, Buffer>;
}

/**
 * Creates one container of an Azure Storage account, which supports list, read, write, copy and delete of block blobs.
 */
export function createBlobStorage(login: Login, container: string): BlobStorage {
  const blobs: BlobStorage["blobs"] = new Map();
  const [contributors, readers] = [new Set<string>(), new Set<string>()];
  const app = express();
  const refuse = (response: express.Response, status: number, code: string) =>
    void response
      .status(status)
      .set("x-ms-error-code", code)
      .type("xml")
      .send(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  app.use((request, response, next) => {
    const client = login.clientIdOf(request.headers.authorization, resource) ?? "";
    const reads = ["GET", "HEAD"].includes(request.method);
    if (contributors.has(client) || (reads && readers.has(client))) next();
    else refuse(response, 403, "AuthorizationPermissionMismatch");
  });
  app.use(express.raw({ type: () => true, limit: "10mb" }));
  app.get(`/${container}`, (request, response) => {
    const { prefix = "", delimiter = "" } = request.query as Record<string, string>;
    const below = [...blobs.keys()].filter((name) => name.startsWith(prefix)).sort();
    const folderOf = (name: string) => {
      const end = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length);
      return end < 0 ? undefined : name.slice(0, end + 1);
    };
    const folders = [...new Set(below.map(folderOf))].filter((folder) => folder !== undefined);
    const files = below.filter((name) => folderOf(name) === undefined);
    const properties = (name: string) =>
      Object.entries(describe(blobs.get(name)!)).map(([key, value]) => `<${key}>${value}</${key}>`);
    const items = [
      ...files.map((name) => `<Blob><Name>${name}</Name><Properties>${properties(name).join("")}</Properties></Blob>`),
      ...folders.map((name) => `<BlobPrefix><Name>${name}</Name></BlobPrefix>`),
    ];
    const list = `<EnumerationResults><Blobs>${items.join("")}</Blobs><NextMarker/></EnumerationResults>`;
    response.type("xml").send(`<?xml version="1.0" encoding="utf-8"?>${list}`);
  });
  app
    .route(`/${container}/*name`)
    .get((request, response) => {
      const content = blobs.get(nameIn(request));
      if (content === undefined) refuse(response, 404, "BlobNotFound");
      else response.set({ ...describe(content), "x-ms-creation-time": epoch }).send(content);
    })
    .put((request, response) => {
      const source = request.get("x-ms-copy-source");
      const content = source === undefined ? bodyOf(request) : blobs.get(nameAt(new URL(source).pathname));
      if (request.query["comp"] !== undefined) return void refuse(response, 501, "NotImplemented");
      if (content === undefined) return void refuse(response, 404, "BlobNotFound");
      blobs.set(nameIn(request), content);
      const { "Last-Modified": changed, Etag: tag } = describe(content);
      response.set({ "Last-Modified": changed, ETag: tag });
      if (source === undefined) response.status(201).end();
      else response.status(202).set({ "x-ms-copy-id": randomUUID(), "x-ms-copy-status": "success" }).end();
    })
    .delete((request, response) => {
      if (blobs.delete(nameIn(request))) response.status(202).end();
      else refuse(response, 404, "BlobNotFound");
    });
  const nameAt = (path: string) => decodeURIComponent(path).slice(container.length + 2);
  const nameIn = (request: express.Request) => nameAt(request.path);
  return { listener: app, contributors, readers, blobs };
}

/** Returns the request body. The parser sets none when it is empty. */
function bodyOf({ body }: express.Request): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function describe(content: Buffer) {
  return {
    "Last-Modified": epoch,
    Etag: `"${createHash("sha256").update(content).digest("hex").slice(0, 16)}"`,
    "Content-Length": String(content.length),
    "Content-Type": "application/octet-stream",
    "x-ms-blob-type": "BlockBlob",
  };
}
