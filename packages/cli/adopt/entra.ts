import { microsoftGraphAppId } from "@smallstep-ssh/components";
import {
  isRunning,
  stoppedReason,
  toInputs,
  findObjectMapping,
  type SynchronizationSchema,
  GraphError,
  JobApi,
  listAll,
  eq,
  where,
  type GraphClient,
  type SynchronizationJob,
} from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { CliError } from "../common/errors";
import type {
  Assignment,
  EnterpriseApp,
  DiscoveredSetup,
  FoundApplication,
  FoundGroup,
  FoundJob,
  Grant,
} from "./discoveredSetup";

/** Names or ids of the objects to read. */
export interface Wanted {
  /** App registration: display name, object id or client id. */
  app: string;
  /** Enterprise application: display name, or object id of its service principal. */
  enterpriseApp: string;
  /** Id of the synchronization job. Undefined: the only one. */
  job: string | undefined;
  /** Names or object ids of groups in addition to the assigned ones. */
  groups: readonly string[];
}

export type FoundEntra = Omit<DiscoveredSetup, "tenantId" | "provisioner" | "team">;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const READ = "Application.Read.All";
const READ_JOBS = "Synchronization.Read.All";

/** Reads the setup from a tenant. Changes nothing. @throws CliError that lists every missing or ambiguous object, GraphError */
export async function readEntra(graph: GraphClient, wanted: Wanted): Promise<FoundEntra> {
  const reader = new EntraReader(graph);
  // Sequential, so that problems are reported in the order of the options.
  const application = await reader.application(wanted.app);
  const principal = await reader.enterpriseApp(wanted);
  if (application === undefined || principal === undefined) throw new CliError(reader.problems);
  const path = `/servicePrincipals/${principal.id}`;
  const [owners, signIn, assignments, job, secrets, registrations] = await Promise.all([
    reader.ids(`/applications/${application.id}/owners`),
    reader.signIn(application.appId),
    reader.all<Assignment>(`${path}/appRoleAssignedTo`),
    reader.job(path, wanted.job),
    reader.all<{ key: string; value: string }>(`${path}/synchronization/secrets`, READ_JOBS),
    reader.all<{ id: string }>(`/applications?${where(eq("appId", principal.appId))}`),
  ]);
  const [registration] = registrations;
  if (registration === undefined) {
    reader.problems.push(
      `--enterprise-app ${wanted.enterpriseApp}: its application belongs to another tenant; expected one of this tenant.`,
    );
  }
  const groups = await reader.groups(assignments, wanted.groups);
  if (groups.length === 0) {
    reader.problems.push(`No group is assigned to ${principal.displayName}; name the groups to assign with --group.`);
  }
  if (reader.problems.length > 0 || registration === undefined) throw new CliError(reader.problems);
  return {
    deployer: (await graph.claims())?.objectId,
    application: { ...application, owners },
    signIn,
    enterpriseApp: { ...principal, applicationId: registration.id, assignments },
    groups,
    job,
    secrets,
  };
}

class EntraReader {
  readonly problems: string[] = [];
  constructor(private readonly graph: GraphClient) {}

  async all<T>(path: string, permission = READ): Promise<T[]> {
    const found: T[] = [];
    const operation = `read ${path.replace(/\?.*/, "")}`;
    for await (const one of listAll<T>(this.graph, { path, operation, permission })) found.push(one);
    return found;
  }

  async ids(path: string): Promise<string[]> {
    return (await this.all<{ id: string }>(path)).map(({ id }) => id);
  }

  async application(wanted: string): Promise<FoundApplication | undefined> {
    const found = guid.test(wanted)
      ? [
          ...(await this.all<FoundApplication>(`/applications?${where(eq("id", wanted))}`)),
          ...(await this.all<FoundApplication>(`/applications?${where(eq("appId", wanted))}`)),
        ]
      : await this.all<FoundApplication>(`/applications?${where(eq("displayName", wanted))}`);
    const label = ({ id, appId }: FoundApplication) => `${id} (client id ${appId})`;
    return this.only("--app", wanted, "app registration", found, label);
  }

  async enterpriseApp(wanted: Wanted): Promise<(EnterpriseApp & { appId: string }) | undefined> {
    const { enterpriseApp: name } = wanted;
    const property = guid.test(name) ? "id" : "displayName";
    const found = await this.all<EnterpriseApp & { appId: string }>(`/servicePrincipals?${where(eq(property, name))}`);
    return this.only("--enterprise-app", name, "enterprise application", found, ({ id }) => id);
  }

  private only<T>(option: string, wanted: string, kind: string, found: readonly T[], label: (one: T) => string) {
    if (found.length === 1) return found[0];
    this.problems.push(
      found.length === 0
        ? `${option} ${wanted}: the tenant has no ${kind} with this name or id.`
        : `${option} ${wanted}: ${found.length} objects of the tenant have this name; give the id of one: ${found.map(label).join(", ")}.`,
    );
    return undefined;
  }

  async signIn(appId: string): Promise<DiscoveredSetup["signIn"]> {
    const [found] = await this.all<NonNullable<DiscoveredSetup["signIn"]>>(
      `/servicePrincipals?${where(eq("appId", appId))}`,
    );
    if (found === undefined) return undefined;
    const path = `/servicePrincipals/${found.id}`;
    const [owners, assignments, grants] = await Promise.all([
      this.ids(`${path}/owners`),
      this.all<Assignment>(`${path}/appRoleAssignedTo`),
      this.grants(found.id),
    ]);
    return { ...found, owners, assignments, grants };
  }

  /** Reads the consent to permissions of Microsoft Graph. Undefined: the permission to read it is missing. */
  private async grants(clientId: string): Promise<Grant[] | undefined> {
    try {
      const [graph] = await this.ids(`/servicePrincipals?${where(eq("appId", microsoftGraphAppId))}`);
      const all = await this.all<Grant & { clientId: string; resourceId: string }>(
        `/oauth2PermissionGrants?${where(eq("clientId", clientId))}`,
        "DelegatedPermissionGrant.Read.All",
      );
      return all.filter((grant) => grant.clientId === clientId && grant.resourceId === graph);
    } catch (error) {
      if (error instanceof GraphError && error.status === 403) return undefined;
      throw error;
    }
  }

  async job(principal: string, wanted: string | undefined): Promise<FoundJob | undefined> {
    const jobs = await this.all<SynchronizationJob>(`${principal}/synchronization/jobs`, READ_JOBS);
    const chosen = wanted === undefined ? jobs : jobs.filter(({ id }) => id === wanted);
    if (chosen.length > 1) {
      this.problems.push(
        `The enterprise application has ${jobs.length} synchronization jobs; choose one with --job: ${jobs.map(({ id }) => id).join(", ")}.`,
      );
    }
    if (wanted !== undefined && chosen.length === 0) {
      const list = jobs.map(({ id }) => id).join(", ") || "none";
      this.problems.push(`--job ${wanted}: the enterprise application has no job with this id (available: ${list}).`);
    }
    const [job] = chosen;
    if (job === undefined) return undefined;
    const schema = await new JobApi(this.graph, `${principal}/synchronization/jobs/${job.id}`).getSchema();
    return {
      id: job.id,
      templateId: job.templateId ?? "",
      stopped: isRunning(job) ? undefined : stoppedReason(job),
      mappings: mappingsOf(schema ?? {}),
    };
  }

  /** Returns the assigned and the requested groups, each once. */
  async groups(assignments: readonly Assignment[], wanted: readonly string[]): Promise<FoundGroup[]> {
    const found = new Map<string, { id: string; displayName: string }>();
    for (const { principalId: id, principalType, principalDisplayName } of assignments) {
      if (principalType === "Group") found.set(id, { id, displayName: principalDisplayName ?? id });
    }
    for (const name of wanted) {
      const property = guid.test(name) ? "id" : "displayName";
      const group = this.only("--group", name, "group", await this.named(property, name), ({ id }) => id);
      if (group !== undefined) found.set(group.id, group);
    }
    return Promise.all(
      [...found.values()].map(async ({ id, displayName }) => ({
        id,
        displayName,
        unique: (await this.named("displayName", displayName)).length === 1,
      })),
    );
  }

  private named(property: string, value: string): Promise<{ id: string; displayName: string }[]> {
    // The same filter as in the stack. Other groups cannot be assigned.
    const filter = where(eq(property, value), "securityEnabled eq true");
    return this.all(`/groups?${filter}&$select=id,displayName`, "GroupMember.Read.All");
  }
}

function mappingsOf(schema: SynchronizationSchema): Record<string, PropertyMap> | undefined {
  const place = findObjectMapping(schema, "User", undefined);
  if (typeof place === "string") return undefined;
  return Object.fromEntries(place.mappings.map((mapping) => [mapping.targetAttributeName ?? "", toInputs(mapping)]));
}
