import { setTimeout } from "node:timers/promises";

import { GraphError, eq, where, type GraphClient } from "../../../provider/graph";
import { permissionFor } from "./permissions";
import { waitForConsistency, type PollOptions } from "./waits";

/** An object of Graph as it comes. */
export interface Entity {
  id: string;
  [property: string]: unknown;
}

export interface CallOptions {
  /** Default `v1.0`. */
  version?: "v1.0" | "beta";
  /** "Not found" is waited out: it may not be there yet. Default false. */
  eventuallyConsistent?: boolean;
  /** "Conflict" is waited out. Default false. */
  busy?: boolean;
}

type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

/** Graph as the resources of the plugin use it. */
export class Api {
  constructor(
    private readonly graph: GraphClient,
    /** The caller's client id, for tokens that do not name the caller's object. */
    private readonly clientId: string | undefined,
    private readonly waits: PollOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** An object; `undefined` when it is not there. */
  async get(path: string, options: CallOptions = {}): Promise<Entity | undefined> {
    return (await this.undefinedIfNotFound(() => this.call("GET", path, undefined, options))) as Entity | undefined;
  }

  /** A whole collection, page by page; `undefined` when what it belongs to is not there. */
  async list(path: string, options: CallOptions = {}): Promise<Entity[] | undefined> {
    const all: Entity[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const url: string = next;
      const page = (await this.undefinedIfNotFound(() => this.call("GET", url, undefined, options))) as
        { value?: Entity[]; "@odata.nextLink"?: string } | undefined;
      if (page?.value === undefined) return undefined;
      all.push(...page.value);
      next = page["@odata.nextLink"];
    }
    return all;
  }

  async post(path: string, body?: unknown, options: CallOptions = {}): Promise<Entity> {
    return (await this.call("POST", path, body, options)) as Entity;
  }

  async put(path: string, body: unknown, options: CallOptions = {}): Promise<void> {
    await this.call("PUT", path, body, options);
  }

  async patch(path: string, body: unknown, options: CallOptions = {}): Promise<void> {
    await this.call("PATCH", path, body, options);
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    await this.call("DELETE", path, undefined, options);
  }

  /** Looks until something holds, five times in a row. */
  until(what: string, isThere: () => Promise<boolean>): Promise<void> {
    return waitForConsistency(what, this.waits, this.signal, isThere);
  }

  /** Looks until an object is nowhere to be seen any more. */
  untilGone(path: string, options: CallOptions = {}): Promise<void> {
    return this.until(`${path} to vanish`, async () => (await this.get(path, options)) === undefined);
  }

  /** Repeats a call that is refused with 400 for as long as a replica has not heard of what the message names. */
  async patiently<T>(refusal: RegExp, call: () => Promise<T>): Promise<T> {
    const end = Date.now() + this.waits.atMostMs;
    for (let wait = this.waits.everyMs; ; wait *= 2) {
      try {
        return await call();
      } catch (error) {
        const passing = error instanceof GraphError && error.status === 400 && refusal.test(error.message);
        if (!passing || Date.now() + wait > end) throw error;
      }
      await setTimeout(wait, undefined, { signal: this.signal });
    }
  }

  /** How one object names another in a request's body. */
  reference(id: string, version: "v1.0" | "beta" = "v1.0"): string {
    return `${this.graph.endpoint}/${version}/directoryObjects/${id}`;
  }

  /** The caller: tenant, client and object ids as the token names them. */
  async caller(): Promise<{ tenantId: string; clientId: string; objectId: string }> {
    const claims = await this.graph.claims(this.signal);
    const clientId = claims?.clientId ?? this.clientId ?? "";
    let objectId = claims?.objectId;
    if (objectId === undefined) {
      const found = (await this.list(`/servicePrincipals?${where(eq("appId", clientId))}`)) ?? [];
      if (found.length !== 1) throw new Error(`${found.length} service principals have the client id ${clientId}.`);
      objectId = found[0]?.id ?? "";
    }
    return { tenantId: claims?.tenantId ?? "", clientId, objectId };
  }

  private call(method: Method, path: string, body: unknown, options: CallOptions): Promise<unknown> {
    const { version = "v1.0" } = options;
    return this.graph.request({
      method,
      path: path.startsWith("https://") ? path : `${this.graph.endpoint}/${version}${path}`,
      operation: `${verbs[method]} ${path.replace(/^https:\/\/[^/]+\/[^/]+/, "").replace(/\?.*/, "")}`,
      permission: permissionFor(method, path),
      signal: this.signal,
      eventuallyConsistent: options.eventuallyConsistent ?? false,
      callerHandlesConflict: !(options.busy ?? false),
      ...(body === undefined ? {} : { body }),
    });
  }

  private async undefinedIfNotFound<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof GraphError && error.status === 404) return undefined;
      throw error;
    }
  }
}

const verbs: Record<Method, string> = { GET: "read", PUT: "write", POST: "post to", PATCH: "change", DELETE: "delete" };
