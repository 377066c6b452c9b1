import { randomUUID } from "node:crypto";
import { matchesFilter, type Comparison } from "./filter";
import type { Json } from "./path";

export type StoredResource = Json & { id: string };

/** A value that must be unique is in use. */
export class TakenError extends Error {}

/** Resources of one type. One of their attributes is unique, compared case-insensitively. */
export class ResourceStore {
  private readonly byId = new Map<string, StoredResource>();
  private readonly idOf = new Map<string, string>();

  constructor(private readonly uniqueAttribute: string) {}

  get size(): number {
    return this.byId.size;
  }

  get(id: string): StoredResource | undefined {
    return this.byId.get(id);
  }

  all(): StoredResource[] {
    return [...this.byId.values()];
  }

  find(filter: readonly Comparison[]): StoredResource[] {
    const [first] = filter;
    // A cycle matches each user by the unique attribute, so this lookup uses an index.
    if (filter.length === 1 && first?.path.attribute === this.uniqueAttribute && first.path.sub === undefined) {
      const id = this.idOf.get(String(first.value).toLowerCase());
      return id === undefined ? [] : [this.byId.get(id) as StoredResource];
    }
    return this.all().filter((resource) => matchesFilter(resource, filter));
  }

  /** Creates a resource (`id` is undefined) or replaces it. @throws TakenError */
  put(id: string | undefined, content: Json): StoredResource {
    const key = this.key(content);
    const holder = this.idOf.get(key);
    if (holder !== undefined && holder !== id) {
      throw new TakenError(`${this.uniqueAttribute} '${String(content[this.uniqueAttribute])}' is taken.`);
    }
    const before = id === undefined ? undefined : this.byId.get(id);
    if (before) this.idOf.delete(this.key(before));
    const now = new Date().toISOString();
    const created = (before?.["meta"] as Json | undefined)?.["created"] ?? now;
    const stored = { ...content, id: id ?? randomUUID(), meta: { created, lastModified: now } };
    this.byId.set(stored.id, stored);
    this.idOf.set(key, stored.id);
    return stored;
  }

  delete(id: string): boolean {
    const resource = this.byId.get(id);
    if (!resource) return false;
    this.byId.delete(id);
    this.idOf.delete(this.key(resource));
    return true;
  }

  private key(resource: Json): string {
    return String(resource[this.uniqueAttribute]).toLowerCase();
  }
}

/** Users and groups of one directory. */
export class Directory {
  readonly users = new ResourceStore("userName");
  readonly groups = new ResourceStore("displayName");

  /** Deletes a user and its memberships. Returns false if the user does not exist. */
  deleteUser(id: string): boolean {
    if (!this.users.delete(id)) return false;
    for (const group of this.groups.all()) {
      const members = group["members"];
      if (Array.isArray(members) && members.some((one: Json) => one["value"] === id)) {
        this.groups.put(group.id, { ...group, members: members.filter((one: Json) => one["value"] !== id) });
      }
    }
    return true;
  }
}
