import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

import { serveHttps } from "../http/serveHttps";
import type { Authority } from "../tls";
import { parsePath, readPath, writePath } from "./scimPath";

type Json = Record<string, unknown>;
type Resource = Json & { id: string };

export interface ScimRequest {
  method: string;
  /** Path after the base address, with query. */
  path: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read bodies of many shapes
  body: any;
}

/** Minimal SCIM endpoint for tests of the provisioning engine. Checks the token and records all requests. */
export interface TestScim {
  baseAddress: string;
  readonly token: string;
  users: Map<string, Resource>;
  groups: Map<string, Resource>;
  requests: ScimRequest[];
  /** Returns the status of an error response for a request; undefined to process the request. */
  refuse: (request: ScimRequest) => number | undefined;
  userNames(): string[];
  close(): Promise<void>;
}

export async function startTestScim(authority: Authority): Promise<TestScim> {
  const server = await serveHttps(await authority.issue(), (request, response) => void respond(request, response));
  const scim: TestScim = {
    baseAddress: `${server.url}/scim/v2`,
    token: randomUUID(),
    users: new Map(),
    groups: new Map(),
    requests: [],
    refuse: () => undefined,
    userNames: () => [...scim.users.values()].map((user) => String(user["userName"])).sort(),
    close: server.close,
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const content = await text(request);
    const call: ScimRequest = {
      method: request.method ?? "",
      path: (request.url ?? "").replace("/scim/v2/", ""),
      body: content === "" ? undefined : JSON.parse(content),
    };
    scim.requests.push(call);
    const refused = request.headers.authorization === `Bearer ${scim.token}` ? scim.refuse(call) : 401;
    const [status, body] = refused === undefined ? answer(scim, call) : [refused, { detail: `refused ${refused}` }];
    response.writeHead(status, { "content-type": "application/scim+json" }).end(JSON.stringify(body));
  };
  return scim;
}

function answer(scim: TestScim, { method, path, body }: ScimRequest): [number, unknown] {
  const url = new URL(path, "https://scim/");
  const [, type, id] = url.pathname.split("/").map(decodeURIComponent);
  const store = type === "Users" ? scim.users : type === "Groups" ? scim.groups : undefined;
  if (!store) return [404, {}];
  if (id === undefined && method === "GET") return [200, list(store, url.searchParams.get("filter") ?? "")];
  if (method === "POST") {
    const made: Resource = { ...(body as Json), id: randomUUID() };
    store.set(made.id, made);
    return [201, made];
  }
  const resource = store.get(id ?? "");
  if (!resource) return [404, { detail: "not found" }];
  if (method === "DELETE") store.delete(resource.id);
  if (method === "PATCH")
    for (const operation of (body as { Operations: Json[] }).Operations) apply(resource, operation);
  return method === "DELETE" ? [204, undefined] : [200, resource];
}

function list(store: Map<string, Resource>, filter: string): unknown {
  const hit = /^(.+?) eq (".*")$/.exec(filter);
  const wanted = hit ? (JSON.parse(hit[2] ?? '""') as string).toLowerCase() : undefined;
  const path = parsePath(hit?.[1] ?? "id");
  const Resources = [...store.values()].filter((one) => readPath(one, path)?.toLowerCase() === wanted);
  return { totalResults: Resources.length, Resources };
}

function apply(resource: Resource, operation: Json): void {
  const op = String(operation["op"]).toLowerCase();
  const path = operation["path"] as string | undefined;
  if (path === undefined) {
    for (const [name, value] of Object.entries(operation["value"] as Json)) writePath(resource, parsePath(name), value);
  } else if (path.startsWith("members")) {
    const single = /value eq "([^"]+)"/.exec(path)?.[1];
    const ids = single ? [single] : (operation["value"] as { value: string }[]).map((one) => one.value);
    const others = ((resource["members"] ?? []) as { value: string }[]).filter((one) => !ids.includes(one.value));
    resource["members"] = op === "add" ? [...others, ...ids.map((value) => ({ value }))] : others;
  } else {
    const value = operation["value"];
    writePath(resource, parsePath(path), path === "active" ? String(value).toLowerCase() === "true" : value);
  }
}
