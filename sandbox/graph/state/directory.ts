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

/** A client secret of an application; the value is never shown again by any endpoint. */
export interface ClientSecret {
  keyId: string;
  secret: string;
  endDateTime: string;
}

/** The objects of one tenant and what belongs together among them. */
export class Directory {
  readonly users = new Map<string, User>();
  readonly groups = new Map<string, Group>();
  readonly applications = new Map<string, Application>();
  readonly servicePrincipals = new Map<string, ServicePrincipal>();
  /** Soft deleted objects, restorable for 30 days. */
  readonly deleted = new Map<string, { type: ObjectType; object: Entity }>();
  readonly members = new Relation();
  readonly owners = new Relation();
  /** User id to the id of the user's manager. */
  readonly managers = new Map<string, string>();
  readonly assignments = new Map<string, AppRoleAssignment>();
  readonly grants = new Map<string, Entity>();
  readonly federatedCredentials = new Map<string, Entity[]>();
  readonly jobs = new Map<string, JobRecord>();
  /** Synchronization secrets by service principal, in clear and in the order of the last PUT. */
  readonly syncSecrets = new Map<string, KeyValue[]>();
  /** Client secrets by application (client) id. */
  readonly clientSecrets = new Map<string, ClientSecret[]>();
  /** Access tokens that were issued, oldest first. */
  readonly accessTokens: string[] = [];
  domains: Domain[] = [];

  constructor(
    readonly tenantId: string,
    readonly displayName: string,
  ) {}

  /** The object with this id, of whatever type. */
  find(id: string): { type: ObjectType; object: Entity } | undefined {
    const stores = this.stores();
    for (const type of Object.keys(stores) as ObjectType[]) {
      const object = stores[type].get(id);
      if (object) return { type, object };
    }
    return undefined;
  }

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
    (this.stores()[type] as Map<string, Entity>).set(object.id, object);
  }

  /** Deletes an object and all that cannot be without it. Users, applications and their principals can be restored. */
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
    // A soft deleted user keeps group membership; what points at any other vanished object goes with it.
    if (type !== "user") this.forget(id);
  }

  /** Deletes for good what was soft deleted before. */
  purge(id: string): void {
    if (!this.deleted.delete(id)) throw notFound(id);
    this.forget(id);
    this.managers.delete(id);
  }

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
