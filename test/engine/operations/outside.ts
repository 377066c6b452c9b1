import { deleteObject } from "../../faults/crash/environment";
import type { Deployed, DeployedStack } from "./deployed";

export type Act = (stack: DeployedStack, resource: Deployed) => Promise<unknown>;

/** What an administrator can do to an object without Pulumi, or why that is impossible: the cell of the table. */
interface Outside {
  deleted: Act | string;
  changed: Act | string;
}

/** A deletion that one `pulumi up --refresh` does not repair: what its preview reports, and the documented step before it. */
export interface Step {
  refusal?: RegExp;
  before?: Act;
  after?: Act;
  cell: string;
}

const stateOnly = "only in the state";
const immutable = "cannot be changed";
const none = "creates no object";

const erase: Act = (stack, { id }) => stack.graph("DELETE", id);
const rename: Act = (stack, { id }) => stack.graph("PATCH", id, { displayName: "Renamed in the portal" });
const servicePrincipal = ({ id }: Deployed) => `/servicePrincipals/${id.split("/").at(-1)}`;
const secrets = (value: string): Act => {
  return (stack, { id }) => {
    const saved = stack.environment.graph.state.syncSecrets.get(id.split("/")[2] ?? "") ?? [];
    const changed = saved.map((one) => (value === "" || one.key === "SecretToken" ? { ...one, value } : one));
    return stack.graph("PUT", `${id}/synchronization/secrets`, { value: changed });
  };
};
const query =
  (statement: (role: string) => string): Act =>
  ({ environment }, { id }) => {
    const role = id.replace(/_.*/, "");
    return environment.smallstep.query(statement(`"${role}"`));
  };
const object =
  (act: (stack: DeployedStack, kind: string, name: string) => Promise<unknown>): Act =>
  (stack, { id, type }) =>
    act(stack, type.split(":").at(-1) ?? "", id.split("/").at(-1) ?? "");
const deletedObject = object(({ environment }, kind, name) => deleteObject(environment, kind, name));

/** Operations outside of Pulumi, by the name of the resource type. */
export const outside: Readonly<Record<string, Outside>> = {
  Application: { deleted: erase, changed: rename },
  ServicePrincipal: {
    deleted: erase,
    changed: (stack, { id }) => stack.graph("PATCH", id, { appRoleAssignmentRequired: true }),
  },
  ApplicationPassword: {
    deleted: (stack, { id }) => {
      const [application, , keyId] = id.split("/");
      return stack.graph("POST", `/applications/${application}/removePassword`, { keyId });
    },
    changed: immutable,
  },
  Group: { deleted: erase, changed: rename },
  ApplicationFromTemplate: {
    deleted: (stack, resource) => stack.graph("DELETE", servicePrincipal(resource)),
    changed: (stack, { id }) => rename(stack, { urn: "", type: "", id: `/applications/${id.split("/").at(-2)}` }),
  },
  AppRoleAssignment: { deleted: erase, changed: immutable },
  SynchronizationJob: { deleted: erase, changed: immutable },
  ConnectionTest: { deleted: none, changed: none },
  SynchronizationSecret: { deleted: secrets(""), changed: secrets("another-token-0123456789") },
  AttributeMappings: {
    deleted: (stack, { id }) => stack.graph("DELETE", `${id}/schema`),
    changed: async ({ environment }) => {
      for (const { schema } of environment.graph.state.jobs.values()) {
        const [rule] = schema.synchronizationRules;
        const user = rule?.objectMappings.find(({ sourceObjectName }) => sourceObjectName === "User");
        const entry = user?.attributeMappings.find(({ targetAttributeName }) => targetAttributeName === "userName");
        if (entry === undefined) throw new Error("userName is not mapped");
        const name = "userPrincipalName";
        entry.source = { type: "Attribute", name, expression: `[${name}]`, parameters: [] };
      }
    },
  },
  Teams: { deleted: none, changed: none },
  Provisioning: { deleted: none, changed: (stack, { id }) => stack.graph("POST", `${id}/pause`) },
  RandomPassword: { deleted: stateOnly, changed: stateOnly },
  Role: {
    deleted: query((role) => `drop owned by ${role}; drop role ${role}`),
    changed: query((role) => `alter role ${role} nologin`),
  },
  Grant: {
    deleted: query((role) => `revoke select (slug, ssh_directory_id) on teams from ${role}`),
    changed: query((role) => `revoke select (slug) on teams from ${role}`),
  },
  Registration: {
    deleted: async ({ environment: { smallstep } }) => {
      await smallstep.ca.remove("azuread");
      await smallstep.query("update teams set ssh_directory_id = null where slug = $1", [smallstep.team.slug]);
    },
    changed: ({ environment: { smallstep } }) =>
      smallstep.query("update teams set ssh_directory_id = $1 where slug = $2", [
        smallstep.otherDirectory.id,
        smallstep.team.slug,
      ]),
  },
  ConfigMap: {
    deleted: deletedObject,
    changed: object(async ({ environment: { core, namespace } }, _kind, name) => {
      const body = await core.readNamespacedConfigMap({ namespace, name });
      await core.replaceNamespacedConfigMap({
        namespace,
        name,
        body: { ...body, data: { ...body.data, TEAM_SLUG: "x" } },
      });
    }),
  },
  Secret: {
    deleted: deletedObject,
    changed: object(async ({ environment: { core, namespace } }, _kind, name) => {
      const body = await core.readNamespacedSecret({ namespace, name });
      await core.replaceNamespacedSecret({
        namespace,
        name,
        body: { ...body, data: { ...body.data, SCIM_TOKEN: "eA==" } },
      });
    }),
  },
  Job: {
    deleted: deletedObject,
    changed: object(async ({ environment: { batch, namespace } }, _kind, name) => {
      const body = await batch.readNamespacedJob({ namespace, name });
      body.spec!.activeDeadlineSeconds = 60;
      await batch.replaceNamespacedJob({ namespace, name, body });
    }),
  },
};

const registration = ({ id }: Deployed) => `/applications/${id.split("/").at(-2)}`;

/** Deletions that need more than `pulumi up --refresh`, by the name of the resource type. */
export const steps: Readonly<Record<string, Step>> = {
  Application: {
    refusal: /the CA publishes "azuread" for another client .* remove the provisioner from the CA/s,
    before: ({ environment }) => environment.smallstep.ca.remove("azuread"),
    cell: "refused until the provisioner is removed",
  },
  ApplicationFromTemplate: {
    refusal: /enterprise application .* cannot be read\. If it was deleted, delete its app registration, too/s,
    before: (stack, resource) => stack.graph("DELETE", registration(resource)),
    cell: "refused until the app registration is deleted",
  },
  Group: {
    after: ({ environment: { graph } }) => {
      graph.state.addMembers(graph.state.groupByName("ssh").id, ["ada.lovelace@corp.com", "bill.gates@corp.com"]);
      return Promise.resolve();
    },
    cell: "repaired without its members",
  },
};

/** Changes that a refresh cannot see, because Graph never returns the value: the cell of the table. */
export const invisible: Readonly<Record<string, string>> = { SynchronizationSecret: "repaired by `up --replace`" };
