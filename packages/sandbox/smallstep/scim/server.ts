import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from "express";
import SCIMMYRouters from "scimmy-routers";

import type { Authority } from "entra-emulator";
import { serveHttps } from "entra-emulator/testing";
import { Directory } from "./directory";
import { fromEntra, type PatchOperation } from "./entra";
import { FilterError, parseFilter } from "./filter";
import type { Json } from "./path";
import { errorSchema, type ScimContext } from "./resources";

interface ScimRequest {
  method: string;
  /** Path with the directory's id and the query. */
  path: string;
  status: number;
}

export interface ScimServer {
  /** The Tenant URL of a directory is `${baseUrl}/${id}/v2`. */
  baseUrl: string;
  /** Returns the stored users of a directory. Empty if the directory was never written. */
  users(directoryId: string): readonly (Json & { userName: string; active: boolean })[];
  groups(directoryId: string): readonly (Json & { displayName: string })[];
  /** All requests, in the order of their arrival. */
  requests: ScimRequest[];
  close(): Promise<void>;
}

/**
 * Starts a SCIM 2.0 server over HTTPS at `/DIRECTORY/v2`, with a store for each directory.
 * Calls `isAuthorized` for each request, so that a changed token works at once and the old one does not.
 */
export async function startScim(options: {
  authority: Authority;
  isAuthorized: (directoryId: string, token: string) => Promise<boolean>;
}): Promise<ScimServer> {
  const directories = new Map<string, Directory>();
  const requests: ScimRequest[] = [];
  const directoryOf = (request: Request): Directory => {
    const id = directoryId(request);
    const known = directories.get(id) ?? new Directory();
    directories.set(id, known);
    return known;
  };

  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", parseQuery);
  app.use(({ method, originalUrl: path }, response, next) => {
    requests.push({
      ...{ method, path },
      get status() {
        return response.statusCode;
      },
    });
    next();
  });
  const authorize: RequestHandler = async (request, response, next) => {
    const [, token = ""] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    if (token !== "" && (await options.isAuthorized(directoryId(request), token))) return next();
    response.setHeader("WWW-Authenticate", "Bearer");
    refuse(response, 401, undefined, "The bearer token is missing, or not that of this directory.");
  };
  const prepare: RequestHandler = (request, response, next) => {
    const context: ScimContext = { directory: directoryOf(request), filter: undefined };
    response.locals["scim"] = context;
    const filter = new URLSearchParams(request.originalUrl.split("?")[1]).get("filter");
    if (filter !== null) context.filter = parseFilter(filter);
    const body: { attributes?: unknown } | undefined = request.body;
    if (Array.isArray(body?.attributes)) body.attributes.push("schemas");
    if (request.method === "PATCH") {
      if (!adaptPatch(request, context)) {
        response.status(204).end();
        return;
      }
      if (/^\/Groups\//i.test(request.path) && request.query["attributes"] === undefined) withoutContent(response);
    }
    next();
  };
  const failed: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) => {
    if (error instanceof FilterError) return refuse(response, 400, "invalidFilter", error.message);
    if (error.status === 400 || error.status === 413) return refuse(response, 400, "invalidSyntax", error.message);
    console.error("SCIM server:", error);
    refuse(response, 500, undefined, error.message);
  };
  const json = express.json({ type: ["application/scim+json", "application/json"], limit: "10mb" });
  const routers = new SCIMMYRouters({
    type: "bearer",
    // `authorize` has already checked the token.
    handler: () => "",
    context: (request: Request) => request.res?.locals["scim"] as ScimContext,
    baseUri: () => server.url,
  });
  app.use("/:directory/v2", authorize, readOnly, json, prepare, routers);
  app.use((_request, response) => refuse(response, 404, undefined, "Endpoint Not Found"));
  app.use(failed);

  const server = await serveHttps(await options.authority.issue(), app);
  return {
    baseUrl: server.url,
    users: (id) => directories.get(id.toLowerCase())?.users.all() ?? [],
    groups: (id) => directories.get(id.toLowerCase())?.groups.all() ?? [],
    requests,
    close: server.close,
  };
}

/** Parses a query for scimmy. Omits the filter, which scimmy does not handle. */
function parseQuery(text: string | null): Record<string, string | number> {
  const { filter: _filter, ...query } = Object.fromEntries(new URLSearchParams(text ?? ""));
  const numbers = Object.entries(query).filter(([name, value]) =>
    /^(startIndex|count) -?\d+$/.test(`${name} ${value}`),
  );
  return {
    ...query,
    ...Object.fromEntries(numbers.map(([name, value]) => [name, Number(value)])),
    // SCIM requires `schemas` in every response, but scimmy omits it if the request selects other attributes.
    ...(query["attributes"] === undefined ? {} : { attributes: `${query["attributes"]},schemas` }),
  };
}

function directoryId(request: Request): string {
  return String(request.params["directory"]).toLowerCase();
}

/** Converts Entra's operations for scimmy. Returns false if no operation remains. */
function adaptPatch(request: Request, { directory }: ScimContext): boolean {
  const [, type, id = ""] = /^\/(Users|Groups)\/([^/]+)$/i.exec(request.path) ?? [];
  const store = type?.toLowerCase() === "groups" ? directory.groups : directory.users;
  const resource = store.get(decodeURIComponent(id));
  const body: { Operations?: PatchOperation[] } | undefined = request.body;
  if (resource === undefined || !Array.isArray(body?.Operations) || body.Operations.length === 0) return true;
  const Operations = fromEntra(body.Operations, resource);
  request.body = { ...body, Operations };
  return Operations.length > 0;
}

/** Rejects writes to the endpoints that describe the server (RFC 7644, section 4). */
const readOnly: RequestHandler = (request, response, next) => {
  if (request.method === "GET" || !/^\/(ServiceProviderConfig|ResourceTypes|Schemas)(\/|$)/i.test(request.path)) {
    return next();
  }
  response.setHeader("Allow", "GET");
  refuse(response, 405, undefined, `${request.path} can only be read.`);
};

/** Replaces a 200 response by 204 without a body. Entra expects this for a changed group, which can have many members. */
function withoutContent(response: Response): void {
  const send = response.send.bind(response);
  response.send = (body) => (response.statusCode === 200 ? response.status(204).end() : send(body));
}

function refuse(response: Response, status: number, scimType: string | undefined, detail: string): void {
  const body = {
    schemas: [errorSchema],
    status: String(status),
    scimType,
    detail,
  };
  response.status(status).type("application/scim+json").send(JSON.stringify(body));
}
