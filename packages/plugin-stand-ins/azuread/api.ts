import { setTimeout } from "node:timers/promises";

import { GraphError, eq, where, type GraphClient } from "@smallstep-ssh/usersync/clients";
import { permissionFor } from "./permissions";
import { waitForConsistency, type PollOptions } from "./waits";

/** An object as Graph returns it. */
export interface Entity {
  id: string;
  [property: string]: unknown;
}

export interface CallOptions {
  /** Default `v1.0`. */
  version?: "v1.0" | "beta";
  /** Whether to retry after 404, because a new object is not visible everywhere at once. Default: false. */
  eventuallyConsistent?: boolean;
  /** Whether to retry after 409. Default: false. */
  busy?: boolean;
}

type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

/** The Graph client of the plugin's resources. */
export class Api {
  constructor(
    private readonly graph: GraphClient,
    /** The caller's client id, for tokens that do not name the caller's object. */
    private readonly clientId: string | undefined,
    private readonly waits: PollOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Reads an object. Returns `undefined` if it does not exist. */
  async get(path: string, options: CallOptions = {}): Promise<Entity | undefined> {
    return (await this.undefinedIfNotFound(() => this.call("GET", path, undefined, options))) as Entity | undefined;
  }

  /** Reads all pages of a collection. Returns `undefined` if the parent object does not exist. */
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

  /** Polls until a condition holds five times in a row. */
  until(description: string, isThere: () => Promise<boolean>): Promise<void> {
    return waitForConsistency(description, this.waits, this.signal, isThere);
  }

  /** Polls until an object no longer exists. */
  waitUntilDeleted(path: string, options: CallOptions = {}): Promise<void> {
    return this.until(`the deletion of ${path}`, async () => (await this.get(path, options)) === undefined);
  }

  /**
   * Retries a call that Graph rejects with 400 because a replica does not know a new object yet. The message matches
   * `refusal`.
   */
  async retryUntilReplicated<T>(refusal: RegExp, call: () => Promise<T>): Promise<T> {
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

  /** Returns the URL by which a request body refers to another object. */
  reference(id: string, version: "v1.0" | "beta" = "v1.0"): string {
    return `${this.graph.endpoint}/${version}/directoryObjects/${id}`;
  }

  /**
   * Returns the tenant, client and object ids of the caller from the token. Looks up the object id if the token has
   * none.
   */
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
