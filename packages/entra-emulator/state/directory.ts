import { notFound } from "../http/reply";
import type { JobRecord } from "../synchronization/types";
import { Relation } from "./relation";
import type {
  Application,
  AppRoleAssignment,
  Domain,
  Entity,
  Group,
  KeyValue,
  ObjectType,
  ServicePrincipal,
  User,
} from "./types";

/** A client secret of an application. No endpoint returns its value after creation. */
export interface ClientSecret {
  keyId: string;
  secret: string;
  endDateTime: string;
}

/** Objects of one tenant and the relations between them. */
export class Directory {
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
  /** Client secrets by application (client) id. */
  readonly clientSecrets = new Map<string, ClientSecret[]>();
  /** Issued access tokens, oldest first. */
  readonly accessTokens: string[] = [];
  domains: Domain[] = [];

  constructor(
    readonly tenantId: string,
    readonly displayName: string,
  ) {}

  /** Returns the object of any type with this id. */
  find(id: string): { type: ObjectType; object: Entity } | undefined {
    const stores = this.stores();
    for (const type of Object.keys(stores) as ObjectType[]) {
      const object = stores[type].get(id);
      if (object) return { type, object };
    }
    return undefined;
  }

  /** Returns a user by object id or UPN. Throws Graph's 404. */
  user(id: string): User {
    const upn = id.toLowerCase();
    const user =
      this.users.get(id) ?? [...this.users.values()].find((one) => one.userPrincipalName.toLowerCase() === upn);
    if (!user) throw notFound(id);
    return user;
  }

  group(id: string): Group {
    return required(this.groups, id);
  }

  application(id: string): Application {
    return required(this.applications, id);
  }

  servicePrincipal(id: string): ServicePrincipal {
    return required(this.servicePrincipals, id);
  }

  applicationByAppId(appId: string): Application | undefined {
    return [...this.applications.values()].find((application) => application.appId === appId);
  }

  servicePrincipalByAppId(appId: string): ServicePrincipal | undefined {
    return [...this.servicePrincipals.values()].find((principal) => principal.appId === appId);
  }

  add(type: ObjectType, object: Entity): void {
    this.stores()[type].set(object.id, object);
  }

  /** Deletes an object and its dependent objects. Users, applications and service principals can be restored. */
  delete(id: string): void {
    const found = this.find(id);
    if (!found) throw notFound(id);
    const { type, object } = found;
    if (type === "application") {
      const principal = this.servicePrincipalByAppId((object as Application).appId);
      if (principal) this.delete(principal.id);
    }
    this.stores()[type].delete(id);
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

  /** Restores a soft-deleted object. Throws Graph's 404. */
  restore(id: string): Entity {
    const found = this.deleted.get(id);
    if (!found) throw notFound(id);
    this.deleted.delete(id);
    this.add(found.type, found.object);
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

  private stores(): Record<ObjectType, Map<string, Entity>> {
    return {
      user: this.users,
      group: this.groups,
      application: this.applications,
      servicePrincipal: this.servicePrincipals,
    };
  }
}

function required<T>(store: Map<string, T>, id: string): T {
  const object = store.get(id);
  if (!object) throw notFound(id);
  return object;
}
