import { setTimeout } from "node:timers/promises";

import * as z from "zod/mini";
import { GraphError, listAll, undefinedIfNotFound, type GraphClient } from "@smallstep-ssh/usersync/clients";

/** An object as Graph returns it. */
export interface Entity {
  id: string;
  [property: string]: unknown;
}

interface CallOptions {
  /** Whether to retry after 404, because a new object is not visible everywhere at once. Default: false. */
  eventuallyConsistent?: boolean;
  /** Whether to retry after 409. Default: only for requests about synchronization, which saves changes slowly. */
  busy?: boolean;
}

/** Polling while an accepted change is not visible everywhere. */
export interface PollOptions {
  /** Interval between two polls, in milliseconds. */
  everyMs: number;
  /** Time limit for all polls, in milliseconds. */
  atMostMs: number;
}

type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

/** Number of consecutive successful polls, as in the official provider, because each poll can reach another replica. */
const hitsNeeded = 5;

/** Application permissions to read and to write, by path pattern. The most specific pattern comes first. */
const permissions: readonly [RegExp, read: string, write: string][] = [
  [/\/synchronization\//, "Synchronization.ReadWrite.All", "Synchronization.ReadWrite.All"],
  [/\/appRoleAssign/, "Application.Read.All", "AppRoleAssignment.ReadWrite.All"],
  [/\/oauth2PermissionGrants/, "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"],
  [/\/groups/, "Group.Read.All", "Group.ReadWrite.All"],
  [/\/application|\/servicePrincipals/, "Application.Read.All", "Application.ReadWrite.All"],
  [/./, "Directory.Read.All", "Directory.ReadWrite.All"],
];

const anyShape = z.any();

/** The Graph client of the plugin's resources. Paths are below v1.0 unless they start with `/beta`. */
export class Api {
  constructor(
    private readonly graph: GraphClient,
    private readonly waits: PollOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Reads an object. Returns `undefined` if it does not exist. */
  get(path: string, options?: CallOptions): Promise<Entity | undefined> {
    return undefinedIfNotFound(this.send("GET", path, undefined, options));
  }

  /** Checks that an object exists. @throws Error with the problem otherwise */
  async checkExists(path: string, problem: string, options?: CallOptions): Promise<void> {
    if ((await this.get(path, options)) === undefined) throw new Error(problem);
  }

  /** Reads all pages of a collection. Returns `undefined` if the parent object does not exist. */
  async list(path: string): Promise<Entity[] | undefined> {
    const all: Entity[] = [];
    const read = async () => {
      for await (const one of listAll(this.graph, this.request("GET", path), anyShape)) all.push(one);
      return all;
    };
    return undefinedIfNotFound(read());
  }

  /** Sends a request and returns the JSON of the response. */
  async send(method: Method, path: string, body?: unknown, options: CallOptions = {}): Promise<Entity> {
    return this.graph.request({ ...this.request(method, path, options), body }, anyShape);
  }

  private request(method: Method, path: string, { eventuallyConsistent, busy }: CallOptions = {}) {
    const [, read, write] = permissions.find(([pattern]) => pattern.test(path))!;
    return {
      method,
      path: path.startsWith("/beta/") ? this.graph.endpoint + path : path,
      operation: `${method === "GET" ? "read" : "change"} ${path.replace(/\?.*|^\/beta/g, "")}`,
      permission: method === "GET" ? read : write,
      signal: this.signal,
      eventuallyConsistent: eventuallyConsistent ?? false,
      callerHandlesConflict: !(busy ?? path.includes("/synchronization/")),
    };
  }

  /**
   * Polls until a condition holds five times in a row.
   * @throws Error with the description at the time limit
   */
  async until(description: string, isThere: () => Promise<boolean>): Promise<void> {
    const { everyMs, atMostMs } = this.waits;
    const end = Date.now() + atMostMs;
    for (let hits = 0; ;) {
      hits = (await isThere()) ? hits + 1 : 0;
      if (hits === hitsNeeded) return;
      if (Date.now() > end) throw new Error(`Timed out after ${atMostMs / 1000} s waiting for ${description}.`);
      await setTimeout(everyMs, undefined, { signal: this.signal });
    }
  }

  /** Deletes an object and polls until it no longer exists. */
  async delete(path: string): Promise<void> {
    await this.send("DELETE", path);
    await this.until(`the deletion of ${path}`, async () => (await this.get(path)) === undefined);
  }

  /** Sends a request again while Graph rejects it with 400 and a message that matches `refusal`. */
  async postUntilReplicated(refusal: RegExp, path: string, body: unknown, options?: CallOptions): Promise<Entity> {
    const end = Date.now() + this.waits.atMostMs;
    for (let wait = this.waits.everyMs; ; wait *= 2) {
      try {
        return await this.send("POST", path, body, options);
      } catch (error) {
        const passing = error instanceof GraphError && error.status === 400 && refusal.test(error.message);
        if (!passing || Date.now() + wait > end) throw error;
      }
      await setTimeout(wait, undefined, { signal: this.signal });
    }
  }

  /** Returns the URL by which a request body refers to another object. */
  reference(id: string, version = "v1.0"): string {
    return `${this.graph.endpoint}/${version}/directoryObjects/${id}`;
  }

  /** Returns the ids of a relation of an object, such as its owners. */
  async related(path: string): Promise<string[]> {
    return ((await this.list(path)) ?? []).map((one) => one.id);
  }

  /** Adds ids to a relation. */
  async addRelated(path: string, ids: readonly string[]): Promise<void> {
    const version = path.startsWith("/beta/") ? "beta" : "v1.0";
    for (const id of ids) {
      const body = { "@odata.id": this.reference(id, version) };
      await this.send("POST", `${path}/$ref`, body, { eventuallyConsistent: true });
    }
  }

  /** Sets the ids of a relation. Adds new ids first, because Graph does not remove the last owner. */
  async setRelated(path: string, wanted: readonly string[]): Promise<void> {
    const current = await this.related(path);
    const added = wanted.filter((id) => !current.includes(id));
    await this.addRelated(path, added);
    for (const id of current.filter((one) => !wanted.includes(one))) await this.send("DELETE", `${path}/${id}/$ref`);
  }

  /** Returns the tenant, client and object ids of the caller from the token. */
  async caller(): Promise<{ tenantId: string; clientId: string; objectId: string }> {
    const { tenantId = "", clientId = "", objectId } = (await this.graph.claims(this.signal)) ?? {};
    if (objectId === undefined) throw new Error("The access token does not name the caller's object id.");
    return { tenantId, clientId, objectId };
  }
}
