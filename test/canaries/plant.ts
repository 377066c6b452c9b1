import { randomUUID } from "node:crypto";
import { graphPermissions, startGraph, type GraphEmulator } from "entra-emulator";
import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";

type Json = Record<string, unknown>;

/** Texts that occur in one value each, and the description of that value. */
export class Canaries extends Map<string, string> {
  /** Returns a new text, which survives the expressions that derive user names. */
  text(value: string): string {
    const text = `canary${this.size}x`;
    this.set(text, value);
    return text;
  }

  /** Puts a canary into each text, null and empty list of an object. Registers its id. Keeps dates and what `kept` names. */
  fill(object: object, value: string, kept = /^(appId|userType|signInAudience|appRoles|passwordCredentials)$/): void {
    const like = (current: string | null, path: string) => this.text(path) + (/@.*$/.exec(current ?? "")?.[0] ?? "");
    for (const [name, current] of Object.entries(object as Json)) {
      const path = `${value}.${name}`;
      if (name === "id") this.set(String(current), path);
      else if (kept.test(name) || name.endsWith("DateTime")) continue;
      else if (current === null || typeof current === "string") (object as Json)[name] = like(current, path);
      else if (Array.isArray(current) && current.every((one) => typeof one === "string")) {
        (object as Json)[name] = (current.length === 0 ? [""] : current).map((one) => like(one, path));
      } else if (typeof current === "object") this.fill(current, path, kept);
    }
  }
}

/** A tenant and an installation that hold a canary in each value that the product can read. */
export type Planted = Awaited<ReturnType<typeof plant>>;

export async function plant() {
  const canaries = new Canaries();
  const installation = await startTestSmallstep();
  const { authority, smallstep } = installation;
  const users = ["member", "nested-member", "outsider"].map((displayName) => {
    const userPrincipalName = `${displayName}@corp.com`;
    return { userPrincipalName, displayName, mail: userPrincipalName };
  });
  const groups = [
    { displayName: "nested", members: ["nested-member@corp.com"] },
    { displayName: "assigned", members: ["member@corp.com"], groups: ["nested"] },
    { displayName: "other", members: ["outsider@corp.com"] },
  ];
  const tenant = { displayName: "Corp", domains: ["corp.com", "corp.onmicrosoft.com"], users, groups };
  const graph = await startGraph({ authority, tenant });
  const { state } = graph;
  /** Has all permissions. */
  const client = graph.addClient({ permissions: Object.keys(graphPermissions) });
  graph.addClient({ permissions: [], displayName: "other" });
  const assigned = state.groupByName("assigned");
  for (const [kind, objects] of Object.entries({ user: state.users, group: state.groups })) {
    for (const one of objects.values()) canaries.fill(one, `${one.displayName} ${kind}`);
  }
  for (const objects of [state.applications, state.servicePrincipals]) {
    for (const one of objects.values()) if (one.displayName === "other") canaries.fill(one, "other application");
  }
  const sharedDirectory = randomUUID();
  await smallstep.query(
    `with team as (insert into teams (slug, name, ssh_directory_id) values ('', '', $1) returning id)
     insert into directories (id, team_id, name) select $1, id, '' from team`,
    [sharedDirectory],
  );
  await fillDatabase(smallstep, canaries);
  await smallstep.ca.add(provisioner(canaries, "other provisioner", { name: canaries.text("other provisioner.name") }));
  for (const { id } of [smallstep.directory, smallstep.otherDirectory]) await createUser(installation, id, canaries);
  canaries.set(smallstep.database.deployer.password, "password of the database");
  canaries.set(graph.deployer.clientSecret, "client secret of the deployer");
  // Configurations of the stack name both.
  for (const id of [assigned.id, sharedDirectory]) canaries.delete(id);
  return {
    ...{ graph, client, installation, canaries, sharedDirectory, group: assigned.displayName },
    /** Plants canaries in what a deployment creates: its job, the job's log, and the provisioner. */
    plantDeployed: async (jobId: string, clientID: string) => {
      const configurationEndpoint = `https://${canaries.text("own provisioner.configurationEndpoint")}.example`;
      const domains = [`${canaries.text("own provisioner.domains")}.com`];
      const own = { name: "azuread", clientID, configurationEndpoint, domains, listenAddress: "127.0.0.1:10001" };
      await smallstep.ca.add(provisioner(canaries, "own provisioner", own));
      plantJob(graph, jobId.split("/").at(-1) ?? "", canaries);
    },
    /** Replaces the secrets that the stack reads: by texts that this process has not read yet, so that it does not redact them. */
    rotate: async () => {
      const sql = "update scim_logins set token = $1 where directory_id = $2";
      await smallstep.query(sql, [canaries.text("SCIM token"), smallstep.directory.id]);
      const published = (await smallstep.ca.provisioners()).find(({ name }) => name === "azuread")!;
      await smallstep.ca.update({ ...published, clientSecret: canaries.text("own provisioner.clientSecret") });
    },
    close: async () => {
      await Promise.all([graph.close(), installation.close()]);
    },
  };
}

/** Puts a canary into each text of the database that the stack's configuration does not name. Registers the ids. */
async function fillDatabase({ query, team, directory }: TestSmallstep["smallstep"], canaries: Canaries): Promise<void> {
  const columns = await query<{ table: string; name: string; type: string }>(
    `select table_name as table, column_name as name, data_type as type
     from information_schema.columns where table_schema = 'public' and data_type in ('text', 'uuid')`,
  );
  const configured: unknown[] = [null, team.slug, team.authorityId, directory.id];
  for (const [table, own] of Map.groupBy(columns, (column) => column.table)) {
    const rows = await query<Json & { at: string }>(`select *, ctid::text as at from ${table} order by ctid`);
    for (const [index, row] of rows.entries()) {
      const changes: string[] = [];
      for (const { name, type } of own.filter((column) => !configured.includes(row[column.name]))) {
        const value = `${table}.${name} of row ${index + 1}`;
        if (type === "uuid") canaries.set(String(row[name]), value);
        else changes.push(`${name} = '${canaries.text(value)}'`);
      }
      if (changes.length > 0) await query(`update ${table} set ${changes.join(", ")} where ctid = $1::tid`, [row.at]);
    }
  }
}

/** Creates a user with a canary in each attribute in a directory of the SCIM server. */
async function createUser({ scim, smallstep }: TestSmallstep, id: string, canaries: Canaries): Promise<void> {
  const sql = "select token from scim_logins where directory_id = $1";
  const [login] = await smallstep.query<{ token: string }>(sql, [id]);
  const owner = id === smallstep.directory.id ? "user of the directory" : "user of the other directory";
  const user = { userName: "", displayName: "", title: "", externalId: "", name: { givenName: "", familyName: "" } };
  canaries.fill(user, owner);
  const emails = [{ type: "work", value: `${canaries.text(`${owner}.emails`)}@corp.com` }];
  const body = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], ...user, emails };
  const answer = await scim("POST", "/Users", body, { id, token: login?.token ?? "" });
  if (answer.status !== 201) throw new Error(`The SCIM server returned ${answer.status}.`);
  canaries.set(String(answer.body.id), `${owner}.id`);
}

/** Returns a provisioner with a canary in each field of step-ca's type OIDC that is not given. */
function provisioner(canaries: Canaries, value: string, given: { name: string } & Json) {
  const oidc = {
    ...{ clientID: "", clientSecret: "", configurationEndpoint: "", tenantID: "", listenAddress: "" },
    ...{ admins: ["@corp.com"], domains: [], groups: [], scopes: [], authParams: [] },
    ...{ claims: { defaultTLSCertDuration: "" }, options: { ssh: { template: "" } } },
  };
  canaries.fill(oidc, value);
  return { ...oidc, type: "OIDC", ...given };
}

/** Puts a job into quarantine, adds failures to the provisioning log, and changes the mappings. */
function plantJob({ state }: GraphEmulator, id: string, canaries: Canaries): void {
  const { job, schema } = state.jobs.get(id)!;
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const error = (value: string) => ({ code: "Failed", message: canaries.text(`job.${value}.error`) });
  const execution = { state: "Failed", timeBegan: since, timeEnded: since, countEscrowed: 1 };
  Object.assign(job.status, {
    code: "Quarantine",
    quarantine: { currentBegan: since, seriesBegan: since, reason: "Unknown", error: error("quarantine") },
    lastExecution: { ...execution, error: error("lastExecution") },
    lastSuccessfulExecution: { ...execution, error: error("lastSuccessfulExecution") },
  });
  for (const { sourceObjectName, attributeMappings } of schema.synchronizationRules.flatMap(
    (one) => one.objectMappings,
  )) {
    const found = attributeMappings.find(({ targetAttributeName }) => targetAttributeName === "displayName");
    if (found !== undefined) found.defaultValue = canaries.text(`job.mappings of ${sourceObjectName}`);
  }
  const time = new Date(Date.now() - 60_000).toISOString();
  const failure = { time, action: "skip", status: "failure", code: "DuplicateTargetEntries" } as const;
  const events = {
    "log of users": [id, "User"],
    "log of groups": [id, "Group"],
    "log of another job": ["other", "User"],
  };
  for (const [value, [jobId = "", sourceType]] of Object.entries(events)) {
    const event = { sourceId: "", sourceName: "", targetId: "", reason: "" };
    canaries.fill(event, value);
    state.provisioningLog.push({
      ...failure,
      ...event,
      modified: [],
      jobId,
      sourceType: sourceType as "User" | "Group",
    });
  }
}
