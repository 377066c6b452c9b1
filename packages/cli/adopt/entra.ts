import { boundedList } from "entra-mappings";
import { microsoftGraphAppId } from "@smallstep-ssh/components";
import {
  isGuid,
  isRunning,
  stoppedReason,
  toInputs,
  findObjectMapping,
  GraphError,
  JobApi,
  listAll,
  eq,
  where,
  type GraphClient,
} from "@smallstep-ssh/usersync/clients";
import * as z from "zod";
import { oneLine } from "@smallstep-ssh/usersync/output";
import { CliError } from "../common/errors";
import type { DiscoveredSetup } from "./plan";
import { applicationSchema } from "./parts/application";
import { enterpriseAppSchema } from "./parts/enterpriseApp";
import { assignmentSchema, groupSchema, type Assignment, type FoundGroup } from "./parts/groups";
import { credentialSchema, type FoundJob } from "./parts/job";
import { grantSchema, servicePrincipalSchema, type FoundServicePrincipal } from "./parts/servicePrincipal";

/** Names or ids of the objects to read. */
export interface Wanted {
  /** App registration: display name, object id or client id. */
  app: string;
  /** Enterprise application: display name, or object id of its service principal. */
  enterpriseApp: string;
  /** Id of the synchronization job. Undefined: the only one. */
  job?: string | undefined;
  /** Names or object ids of groups in addition to the assigned ones. */
  group?: readonly string[] | undefined;
}

const READ = "Application.Read.All";
const READ_JOBS = "Synchronization.Read.All";
const identified = z.object({ id: z.string() });

/** Reads the setup from a tenant. Changes nothing. @throws CliError that lists every missing or ambiguous object, GraphError */
export async function readEntra(
  graph: GraphClient,
  wanted: Wanted,
): Promise<Omit<DiscoveredSetup, "tenantId" | "provisioner" | "team">> {
  const reader = new EntraReader(graph);
  // Sequential, so that problems are reported in the order of the options.
  const application = await reader.application(wanted.app);
  const app = await reader.enterpriseApp(wanted.enterpriseApp);
  if (application === undefined || app === undefined) throw new CliError(reader.problems);
  const path = `/servicePrincipals/${app.id}`;
  const [owners, signIn, assignments, job, secrets, registrations] = await Promise.all([
    reader.ids(`/applications/${application.id}/owners`),
    reader.servicePrincipal(application.appId),
    reader.all(assignmentSchema, `${path}/appRoleAssignedTo`),
    reader.job(path, wanted.job),
    reader.all(credentialSchema, `${path}/synchronization/secrets`, READ_JOBS),
    reader.ids(`/applications?${where(eq("appId", app.appId))}`),
  ]);
  const [applicationId] = registrations;
  if (applicationId === undefined) {
    reader.problems.push(
      oneLine`--enterprise-app ${wanted.enterpriseApp}: its application belongs to another tenant; expected one of this tenant.`,
    );
  }
  const groups = await reader.groups(assignments, wanted.group ?? []);
  if (groups.length === 0)
    reader.problems.push(oneLine`No group is assigned to ${app.displayName}; name the groups to assign with --group.`);
  if (reader.problems.length > 0 || applicationId === undefined) throw new CliError(reader.problems);
  return {
    deployer: (await graph.claims())?.objectId,
    application: { ...application, owners },
    signIn,
    enterpriseApp: { ...app, applicationId, assignments },
    groups,
    job,
    secrets,
  };
}

/** Reads the client id of an app registration. @throws CliError if the tenant has none or several */
export async function readClientId(graph: GraphClient, app: string): Promise<string> {
  const reader = new EntraReader(graph);
  const application = await reader.application(app);
  if (application === undefined) throw new CliError(reader.problems);
  return application.appId;
}

class EntraReader {
  readonly problems: string[] = [];
  constructor(private readonly graph: GraphClient) {}

  async all<T>(schema: z.ZodType<T>, path: string, permission = READ): Promise<T[]> {
    const found: T[] = [];
    const operation = `read ${path.replace(/\?.*/, "")}`;
    for await (const one of listAll(this.graph, { path, operation, permission }, schema)) found.push(schema.parse(one));
    return found;
  }

  async ids(path: string, permission?: string): Promise<string[]> {
    return (await this.all(identified, path, permission)).map(({ id }) => id);
  }

  async application(wanted: string) {
    const properties = isGuid(wanted) ? ["id", "appId"] : ["displayName"];
    const found = await Promise.all(
      properties.map((name) => this.all(applicationSchema, `/applications?${where(eq(name, wanted))}`)),
    );
    const label = ({ id, appId }: z.infer<typeof applicationSchema>) => `${id} (client id ${appId})`;
    return this.only("--app", wanted, "app registration", found.flat(), label);
  }

  async enterpriseApp(wanted: string) {
    const property = isGuid(wanted) ? "id" : "displayName";
    const found = await this.all(enterpriseAppSchema, `/servicePrincipals?${where(eq(property, wanted))}`);
    return this.only("--enterprise-app", wanted, "enterprise application", found);
  }

  /** Returns the only object. Undefined: there is none or more than one, which is a problem. */
  private only<T extends { id: string }>(
    option: string,
    wanted: string,
    kind: string,
    found: readonly T[],
    label = ({ id }: T) => id,
  ): T | undefined {
    if (found.length === 1) return found[0];
    this.problems.push(
      found.length === 0
        ? oneLine`${option} ${wanted}: the tenant has no ${kind} with this name or id.`
        : oneLine`${option} ${wanted}: ${found.length} objects of the tenant have this name; give the id of one: ${boundedList(found.map(label)).join(", ")}.`,
    );
    return undefined;
  }

  async servicePrincipal(appId: string): Promise<FoundServicePrincipal | undefined> {
    const [found] = await this.all(servicePrincipalSchema, `/servicePrincipals?${where(eq("appId", appId))}`);
    if (found === undefined) return undefined;
    const path = `/servicePrincipals/${found.id}`;
    const [owners, assignments, grants] = await Promise.all([
      this.ids(`${path}/owners`),
      this.all(assignmentSchema, `${path}/appRoleAssignedTo`),
      this.grants(found.id),
    ]);
    return { ...found, owners, assignments, grants };
  }

  private async grants(clientId: string): Promise<FoundServicePrincipal["grants"]> {
    try {
      const [graphId] = await this.ids(`/servicePrincipals?${where(eq("appId", microsoftGraphAppId))}`);
      const path = `/oauth2PermissionGrants?${where(eq("clientId", clientId))}`;
      const all = await this.all(grantSchema, path, "DelegatedPermissionGrant.Read.All");
      return all.filter((grant) => grant.clientId === clientId && grant.resourceId === graphId);
    } catch (error) {
      if (error instanceof GraphError && error.status === 403) return undefined;
      throw error;
    }
  }

  async job(principal: string, wanted: string | undefined): Promise<FoundJob | undefined> {
    const ids = await this.ids(`${principal}/synchronization/jobs`, READ_JOBS);
    const chosen = wanted === undefined ? ids : ids.filter((id) => id === wanted);
    const list = boundedList(ids).join(", ") || "none";
    if (chosen.length > 1) {
      this.problems.push(
        oneLine`The enterprise application has ${ids.length} synchronization jobs; choose one with --job: ${list}.`,
      );
    }
    if (wanted !== undefined && chosen.length === 0) {
      this.problems.push(
        oneLine`--job ${wanted}: the enterprise application has no job with this id (available: ${list}).`,
      );
    }
    const [id] = chosen;
    if (id === undefined) return undefined;
    const api = new JobApi(this.graph, `${principal}/synchronization/jobs/${id}`);
    const [job, schema] = [await api.get(), await api.getSchema()];
    if (job === undefined) return undefined;
    const mapping = schema && findObjectMapping(schema, "User", undefined);
    return {
      id,
      templateId: job.templateId ?? "",
      stopped: isRunning(job) ? undefined : stoppedReason(job),
      mappings:
        mapping === undefined || typeof mapping === "string"
          ? undefined
          : Object.fromEntries(mapping.mappings.map((one) => [one.targetAttributeName ?? "", toInputs(one)])),
    };
  }

  /** Returns the assigned and the requested groups, each once. */
  async groups(assignments: readonly Assignment[], wanted: readonly string[]): Promise<FoundGroup[]> {
    const found = new Map<string, FoundGroup>();
    for (const { principalId: id, principalType, principalDisplayName } of assignments) {
      if (principalType === "Group") found.set(id, { id, displayName: principalDisplayName ?? id });
    }
    for (const name of wanted) {
      // The same filter as in the stack. Other groups cannot be assigned.
      const filter = where(eq(isGuid(name) ? "id" : "displayName", name), "securityEnabled eq true");
      const groups = await this.all(groupSchema, `/groups?${filter}&$select=id,displayName`, "GroupMember.Read.All");
      const group = this.only("--group", name, "group", groups);
      if (group !== undefined) found.set(group.id, group);
    }
    return [...found.values()];
  }
}
