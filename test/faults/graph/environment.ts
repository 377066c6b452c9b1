import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { quickstartMappings } from "@smallstep-ssh/components";
import { checkStack, neededPermissions } from "@smallstep-ssh/stack";
import { minimalSettings } from "@smallstep-ssh/stack/testing";
import { presets } from "entra-mappings";
import { type Plugin, SECRET, SIGNATURE } from "@smallstep-ssh/usersync/host";
import { usersync } from "@smallstep-ssh/usersync/plugin";
import type { LoggedRequest, JobRecord } from "entra-emulator";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { Driver, type Program, type State } from "./driver";
import { times } from "./kinds";

const secret = (value: string) => ({ [SIGNATURE]: SECRET, value });
const token = "the-scim-token-0123456789";
const retryDelays = { visibilityDelays: [2, 4, 8, 16], start: [2, 4, 8, 16, 16, 16, 16] };

/**
 * A tenant with an enterprise application in the state that azuread leaves, and a driver that deploys our resources to
 * it.
 */
export interface GraphEnvironment {
  tenant: TestTenant;
  driver: Driver;
  /** Requests since the last `clear` of the log. */
  requests(): readonly LoggedRequest[];
  program(userName?: string): Program;
  /** Returns the final state to compare: all objects of the application in the tenant, and the engine's state. */
  endState(): unknown;
  /** {@link editMapping} */
  drift(): void;
  save(): Saved;
  /** Restores the saved state under a new job id, so that no cache knows it. */
  restore(saved: Saved): void;
  record(): JobRecord;
  secrets: readonly string[];
  close(): Promise<void>;
}

export interface Saved {
  record: JobRecord;
  state: State;
}

export async function startGraphEnvironment(): Promise<GraphEnvironment> {
  const tenant = await startTestTenant();
  const { graph, authority } = tenant;
  const scim = await startScim(await authority.issue());
  const tenantUrl = `https://localhost:${(scim.address() as AddressInfo).port}/directory/v2`;
  const groups = ["ssh", "sudo"].map((displayName) => graph.state.createGroup({ displayName }));
  const [ssh, sudo] = groups.map(({ id }) => id) as [string, string];
  graph.state.addMembers(ssh, ["ada.lovelace@corp.com", "bill.gates@corp.com"]);
  graph.state.addMembers(sudo, ["ada.lovelace@corp.com"]);
  const { servicePrincipalId } = await tenant.enterpriseApp();
  const role = graph.state.servicePrincipal(servicePrincipalId).appRoles.find((one) => one.displayName === "User");
  for (const principalId of [ssh, sudo]) {
    const body = { appRoleId: role?.id, principalId, resourceId: servicePrincipalId };
    await tenant.client.post(`/v1.0/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`, body);
  }
  const path = `/servicePrincipals/${servicePrincipalId}/synchronization`;
  const { body } = await tenant.client.post(`/v1.0${path}/jobs`, { templateId: "scim" });
  await tenant.client.put(`/v1.0${path}/secrets`, {
    value: [
      { key: "BaseAddress", value: tenantUrl },
      { key: "SecretToken", value: token },
    ],
  });
  let job = String(body.id);
  const record = () => required(graph.state.jobs.get(job));

  const { clientId, clientSecret } = graph.deployer;
  const credentials = { clientId, metadataHost: graph.metadataHost };
  const options = { trust: authority.caPem, times, env: {} };
  const plugin = () => usersync({ graph: options, retryDelays }) as unknown as Plugin<never>;
  const driver = await Driver.start(plugin, {
    ...credentials,
    tenantId: graph.tenantId,
    clientSecret: secret(clientSecret),
  });

  const program = (userName: string = presets["upn-local-part"].expression): Program => {
    const base = minimalSettings();
    const settings = checkStack({ ...base, tenantId: graph.tenantId, groups: [{ existing: { displayName: "ssh" } }] });
    const jobId = `${path}/jobs/${job}`;
    return {
      before: async (engine) => {
        const permissions = neededPermissions(settings.teams.map((team) => team.settings));
        const access = await engine.invoke("usersync:entra:checkAccess", { tenantId: graph.tenantId, permissions });
        const problems = access.result?.["problems"];
        if (Array.isArray(problems) && problems.length > 0) throw new Error(problems.join("\n"));
        const args = { groups: [ssh, sudo], mapping: userName, email: "[mail]", domains: ["corp.com"] };
        const { failures } = await engine.invoke("usersync:entra:checkUsernames", args);
        if (failures[0] !== undefined) throw new Error(`${failures[0].property}: ${failures[0].reason}`);
      },
      resources: [
        {
          name: "connection",
          type: "usersync:entra:ConnectionTest",
          inputs: () => ({ jobId, credentials: { baseAddress: tenantUrl, secretToken: secret(token) } }),
        },
        {
          name: "mappings",
          type: "usersync:entra:AttributeMappings",
          inputs: () => ({ jobId, mappings: quickstartMappings({ userName }) }),
        },
        {
          name: "provisioning",
          type: "usersync:entra:Provisioning",
          inputs: (outputs) => ({
            jobId,
            credentials: { baseAddress: tenantUrl, secretToken: secret(token) },
            restartTriggers: { mappings: outputs("mappings")?.["schemaVersion"] },
          }),
        },
      ],
    };
  };

  return {
    tenant,
    driver,
    program,
    record,
    secrets: [token, clientSecret],
    requests: () => graph.requests.all(),
    endState: () => {
      const { state } = graph;
      const { schema, job: shown } = record();
      const named = [...state.applications.values()].filter(({ displayName }) => displayName === "smallstep-usersync");
      return withoutIds(job, {
        applications: named.length,
        clientSecrets: named.flatMap(({ appId }) => state.clientSecrets.get(appId) ?? []).length,
        assignments: [...state.assignments.values()]
          .filter(({ resourceId }) => resourceId === servicePrincipalId)
          .map(({ principalId }) => principalId),
        jobs: [...state.jobs.values()].filter((one) => one.servicePrincipalId === servicePrincipalId).length,
        credentials: state.syncSecrets.get(servicePrincipalId),
        schedule: shown.schedule,
        schema: { ...schema, version: "" },
        kept: Object.entries(driver.state)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, kept]) => [key, kept.initErrors, steady(kept.inputs)]),
      });
    },
    drift: () => editMapping(record()),
    save: () => structuredClone({ record: record(), state: driver.state }),
    restore: (saved) => {
      const before = saved.record.job.id;
      const after = before.replace(/[^.]+$/, randomUUID());
      const fresh = structuredClone(saved.record);
      fresh.job.id = after;
      fresh.schema.id = after;
      fresh.history = [];
      graph.state.jobs.delete(job);
      graph.state.jobs.set(after, fresh);
      job = after;
      driver.state = JSON.parse(JSON.stringify(saved.state).replaceAll(before, after)) as State;
      driver.messages.length = 0;
    },
    close: async () => {
      driver.close();
      scim.closeAllConnections();
      scim.close();
      await tenant.close();
    },
  };
}

/** Maps user names to the mail address and pauses the job, as an administrator does in the portal. */
export function editMapping({ schema, job }: JobRecord): void {
  const mappings = schema.synchronizationRules
    .flatMap((rule) => rule.objectMappings)
    .find((one) => one.sourceObjectName === "User")?.attributeMappings;
  const userName = mappings?.find((one) => one.targetAttributeName === "userName");
  required(userName).source = { type: "Attribute", name: "mail", expression: "[mail]", parameters: [] };
  const [major, minor] = schema.version.split(".");
  schema.version = `${major}.${Number(minor) + 1}`;
  job.schedule.state = "Paused";
  job.status.code = "Paused";
}

/** Returns the inputs without the schema's version, which differs between runs. */
function steady(inputs: Record<string, unknown>): unknown {
  return { ...inputs, restartTriggers: Object.keys((inputs["restartTriggers"] as object | undefined) ?? {}) };
}

function withoutIds(job: string, value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(job, "JOB"));
}

function startScim(tls: { key: string; cert: string }): Promise<Server> {
  const server = createServer(tls, (request, response) => {
    response.writeHead(request.headers.authorization === `Bearer ${token}` ? 200 : 401, {
      "content-type": "application/scim+json",
    });
    response.end(JSON.stringify({ totalResults: 0, Resources: [] }));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A value that the test requires is undefined.");
  return value;
}
