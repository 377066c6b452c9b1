import { notFound } from "../http/reply";
import type { ProvisioningEvent } from "../provisioning/types";
import type { JobRecord } from "../synchronization/job";
import { newGroup, newUser } from "./objects";
import { Relation } from "./relation";
import type {
  Application,
  AppRoleAssignment,
  Domain,
  Entity,
  Group,
  KeyValue,
  NewGroup,
  NewUser,
  Objects,
  ObjectType,
  ServicePrincipal,
  User,
} from "./types";

/** The objects of one tenant, and the actions of an administrator. Methods throw Graph's 404 for a missing object. */
export class TenantState {
  readonly users = new Map<string, User>();
  readonly groups = new Map<string, Group>();
  readonly applications = new Map<string, Application>();
  readonly servicePrincipals = new Map<string, ServicePrincipal>();
  /** Soft-deleted objects by id. Unlike Entra ID, the emulator does not purge them after 30 days. */
  readonly deleted = new Map<string, { type: ObjectType; object: Entity }>();
  /** Group id to the ids of its direct members. */
  readonly members = new Relation();
  /** Object id to the ids of its owners. */
  readonly owners = new Relation();
  /** User id to the id of the user's manager. */
  readonly managers = new Map<string, string>();
  readonly assignments = new Map<string, AppRoleAssignment>();
  readonly grants = new Map<string, Entity>();
  readonly federatedCredentials = new Map<string, Entity[]>();
  readonly jobs = new Map<string, JobRecord>();
  /** Synchronization secrets by service principal id, unmasked and in the order of the last PUT. */
  readonly syncSecrets = new Map<string, KeyValue[]>();
  /** Client secrets by application (client) id. No endpoint returns a secret after its creation. */
  readonly clientSecrets = new Map<string, { keyId: string; secret: string; endDateTime: string }[]>();
  /** Issued access tokens, oldest first. */
  readonly accessTokens: string[] = [];
  /** All events of the provisioning log, oldest first. */
  readonly provisioningLog: ProvisioningEvent[] = [];
  domains: Domain[] = [];

  constructor(
    readonly tenantId: string,
    readonly displayName: string,
  ) {}

  /** Returns the object of any type with this id. */
  find(id: string): { type: ObjectType; object: Entity & { displayName?: unknown } } | undefined {
    for (const type of ["user", "group", "application", "servicePrincipal"] as const) {
      const object = this.all(type).get(id);
      if (object) return { type, object };
    }
    return undefined;
  }

  all<T extends ObjectType>(type: T): Map<string, Objects[T]> {
    const { users, groups, applications, servicePrincipals } = this;
    const stores = { user: users, group: groups, application: applications, servicePrincipal: servicePrincipals };
    return stores[type] as Map<string, Objects[T]>;
  }

  /** Returns an object by its id. A user also has the key UPN, an application and its service principal `appId=...`. */
  get<T extends ObjectType>(type: T, key: string): Objects[T] {
    const appId = /^appId='?([^']*)/i.exec(key)?.[1]?.toLowerCase();
    const upn = key.toLowerCase();
    const object =
      this.all(type).get(key) ??
      [...this.all(type).values()].find((one) =>
        "userPrincipalName" in one
          ? one.userPrincipalName.toLowerCase() === upn
          : "appId" in one && one.appId === appId,
      );
    if (!object) throw notFound(key);
    return object;
  }

  /** Returns a user by object id or UPN. */
  user(key: string): User {
    return this.get("user", key);
  }

  group(id: string): Group {
    return this.get("group", id);
  }

  application(key: string): Application {
    return this.get("application", key);
  }

  servicePrincipal(key: string): ServicePrincipal {
    return this.get("servicePrincipal", key);
  }

  applicationByAppId(appId: string): Application | undefined {
    return [...this.applications.values()].find((application) => application.appId === appId);
  }

  servicePrincipalByAppId(appId: string): ServicePrincipal | undefined {
    return [...this.servicePrincipals.values()].find((principal) => principal.appId === appId);
  }

  deletedUser(id: string): User | undefined {
    const found = this.deleted.get(id);
    return found?.type === "user" ? (found.object as User) : undefined;
  }

  /** Returns the only group with this display name. Throws if there is none or more than one. */
  groupByName(displayName: string): Group {
    const found = [...this.groups.values()].filter((group) => group.displayName === displayName);
    if (found.length !== 1 || !found[0])
      throw new Error(`Expected one group named "${displayName}", found ${found.length}.`);
    return found[0];
  }

  add<T extends ObjectType>(type: T, object: Objects[T]): Objects[T] {
    this.all(type).set(object.id, object);
    return object;
  }

  createUser(given: NewUser): User {
    return this.add("user", newUser(given));
  }

  updateUser(upn: string, change: Partial<User>): User {
    return Object.assign(this.user(upn), change);
  }

  createGroup(given: NewGroup): Group {
    return this.add("group", newGroup(given));
  }

  /** Adds users to a group. `upns`: UPNs or object ids. */
  addMembers(groupId: string, upns: readonly string[]): void {
    for (const upn of upns) this.members.add(this.group(groupId).id, this.user(upn).id);
  }

  removeMembers(groupId: string, upns: readonly string[]): void {
    for (const upn of upns) this.members.remove(this.group(groupId).id, this.user(upn).id);
  }

  /** Adds a group as a member of another group. */
  nestGroup(groupId: string, memberGroupId: string): void {
    this.members.add(this.group(groupId).id, this.group(memberGroupId).id);
  }

  /** Deletes an object and its dependent objects. Users, applications and service principals can be restored. */
  delete(id: string): void {
    const found = this.find(id);
    if (!found) throw notFound(id);
    const { type, object } = found;
    const principal = type === "application" && this.servicePrincipalByAppId(String(object["appId"]));
    if (principal) this.delete(principal.id);
    this.all(type).delete(id);
    if (type !== "group") this.deleted.set(id, { type, object });
    if (type === "servicePrincipal") {
      this.syncSecrets.delete(id);
      for (const [jobId, record] of this.jobs) if (record.servicePrincipalId === id) this.jobs.delete(jobId);
    }
    // A soft-deleted user keeps group memberships. References to any other deleted object are removed.
    if (type !== "user") this.forget(id);
  }

  /** Deletes a soft-deleted object permanently. */
  purge(id: string): void {
    if (!this.deleted.delete(id)) throw notFound(id);
    this.forget(id);
    this.managers.delete(id);
  }

  /** Restores a soft-deleted object. */
  restore(id: string): Entity {
    const found = this.deleted.get(id);
    if (!found) throw notFound(id);
    this.deleted.delete(id);
    const store: Map<string, Entity> = this.all(found.type);
    store.set(id, found.object);
    return found.object;
  }

  private forget(id: string): void {
    this.members.forget(id);
    this.owners.forget(id);
    for (const [key, one] of this.assignments) {
      if (one.principalId === id || one.resourceId === id) this.assignments.delete(key);
    }
    for (const [key, one] of this.grants) {
      if (one["clientId"] === id || one["resourceId"] === id) this.grants.delete(key);
    }
  }
}
