import { randomUUID } from "node:crypto";
import { matchesFilter, type Comparison } from "./filter";
import { isEqual, type Json } from "./path";

/** Stored resource. scimmy has checked that it has the attributes of its schema. */
type Stored<Attributes> = Attributes & Json & { id: string; meta: { created: string; lastModified: string } };

/** A value that must be unique is in use. */
export class TakenError extends Error {}

/** Resources of one type. One of their attributes is unique, compared case-insensitively. */
export class ResourceStore<Attributes = unknown> {
  private readonly byId = new Map<string, Stored<Attributes>>();

  constructor(private readonly uniqueAttribute: string) {}

  get(id: string): Stored<Attributes> | undefined {
    return this.byId.get(id);
  }

  all(): Stored<Attributes>[] {
    return [...this.byId.values()];
  }

  find(filter: readonly Comparison[]): Stored<Attributes>[] {
    return this.all().filter((resource) => matchesFilter(resource, filter));
  }

  /** Creates a resource or replaces the one with the same id. @throws TakenError */
  put(content: Attributes & Json, id: string = randomUUID()): Stored<Attributes> {
    const unique = content[this.uniqueAttribute];
    if (this.all().some((other) => other.id !== id && isEqual(other[this.uniqueAttribute], unique))) {
      throw new TakenError(`${this.uniqueAttribute} '${String(unique)}' is taken.`);
    }
    const lastModified = new Date().toISOString();
    const created = this.byId.get(id)?.meta.created ?? lastModified;
    const stored = { ...content, id, meta: { created, lastModified } };
    this.byId.set(id, stored);
    return stored;
  }

  /** Returns false if the resource does not exist. */
  delete(id: string): boolean {
    return this.byId.delete(id);
  }
}

/** Users and groups of one directory. */
export class Directory {
  readonly users = new ResourceStore<{ userName: string; active: boolean }>("userName");
  readonly groups = new ResourceStore<{ displayName: string }>("displayName");

  /** Deletes a user and its memberships. Returns false if the user does not exist. */
  deleteUser(id: string): boolean {
    for (const group of this.groups.all()) {
      const members = group["members"];
      if (Array.isArray(members) && members.some((one: Json) => one["value"] === id)) {
        this.groups.put({ ...group, members: members.filter((one: Json) => one["value"] !== id) }, group.id);
      }
    }
    return this.users.delete(id);
  }
}
