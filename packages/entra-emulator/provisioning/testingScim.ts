import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

import { serveHttps } from "../http/serveHttps";
import type { Json } from "../json";
import type { Authority } from "../tls";
import { parsePath, readPath, writePath } from "./scimPath";

type Resource = Json & { id: string };

export interface ScimRequest {
  method: string;
  /** Path after the base address, with query. */
  path: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read bodies of many shapes
  body: any;
}

/** Minimal SCIM endpoint for tests of the provisioning engine. Checks the token and records all requests. */
export class TestScim {
  readonly token = randomUUID();
  readonly users = new Map<string, Resource>();
  readonly groups = new Map<string, Resource>();
  requests: ScimRequest[] = [];
  baseAddress = "";
  close = (): Promise<void> => Promise.resolve();

  static async start(authority: Authority): Promise<TestScim> {
    const scim = new TestScim();
    const server = await serveHttps(await authority.issue(), (...call) => void scim.respond(...call));
    return Object.assign(scim, { baseAddress: `${server.url}/scim/v2`, close: server.close });
  }

  /** Returns the status of an error response for a request; undefined to process the request. */
  refuse: (request: ScimRequest) => number | undefined = () => undefined;

  userNames(): string[] {
    return [...this.users.values()].map((user) => String(user["userName"])).sort();
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const content = await text(request);
    const path = (request.url ?? "").replace("/scim/v2/", "");
    const body: unknown = content === "" ? undefined : JSON.parse(content);
    const [status, answer] = this.answer({ method: request.method ?? "", path, body }, request.headers.authorization);
    response.writeHead(status, { "content-type": "application/scim+json" }).end(JSON.stringify(answer));
  }

  private answer(request: ScimRequest, authorization: string | undefined): [status: number, body?: unknown] {
    this.requests.push(request);
    const refused = authorization === `Bearer ${this.token}` ? this.refuse(request) : 401;
    if (refused !== undefined) return [refused, { detail: `refused ${refused}` }];
    const { method, path, body } = request;
    const url = new URL(path, "https://scim/");
    const [, type, id] = url.pathname.split("/").map(decodeURIComponent);
    const store = type === "Users" ? this.users : this.groups;
    if (id === undefined && method === "GET") return [200, list(store, url.searchParams.get("filter") ?? "")];
    if (method === "POST") {
      const made = { ...body, id: randomUUID() };
      store.set(made.id, made);
      return [201, made];
    }
    const resource = store.get(id ?? "");
    if (!resource) return [404, { detail: "not found" }];
    if (method === "DELETE") return [store.delete(resource.id) ? 204 : 404];
    if (method === "PATCH") for (const operation of body.Operations) apply(resource, operation);
    return [200, resource];
  }
}

function list(store: Map<string, Resource>, filter: string): unknown {
  const [, name = "id", value = '""'] = /^(.+?) eq (".*")$/.exec(filter) ?? [];
  const wanted = String(JSON.parse(value)).toLowerCase();
  const Resources = [...store.values()].filter((one) => readPath(one, parsePath(name))?.toLowerCase() === wanted);
  return { totalResults: Resources.length, Resources };
}

function apply(resource: Resource, { op, path, value }: { op: string; path?: string; value?: unknown }): void {
  if (path === undefined) {
    for (const [name, one] of Object.entries(value as Json)) writePath(resource, parsePath(name), one);
  } else if (path.startsWith("members")) {
    const single = /value eq "([^"]+)"/.exec(path)?.[1];
    const ids = single ? [single] : (value as { value: string }[]).map((one) => one.value);
    const others = ((resource["members"] ?? []) as { value: string }[]).filter((one) => !ids.includes(one.value));
    resource["members"] = op.toLowerCase() === "add" ? [...others, ...ids.map((id) => ({ value: id }))] : others;
  } else {
    writePath(resource, parsePath(path), path === "active" ? String(value).toLowerCase() === "true" : value);
  }
}
