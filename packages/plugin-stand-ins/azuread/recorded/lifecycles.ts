import type { WireValue } from "@smallstep-ssh/usersync/testing";
import type { TestTenant } from "entra-emulator/testing";
import { secret } from "../testing";

const type = (name: string) => `azuread:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const nonGallery = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const graphAppId = "00000003-0000-0000-c000-000000000000";
const scopes = ["37f7f235-527c-4136-accd-4a02d197296e", "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"];
const endDate = "2030-01-31T00:00:00Z";

/** Values that the programs set themselves. Records keep them unchanged. */
export const constants = new Set([nonGallery, graphAppId, ...scopes, endDate, "00000000-0000-0000-0000-000000000000"]);

/** Ids of the objects that exist before the lifecycle, by the names that records use for them. */
export type Ids = Record<string, string>;

/** One resource from creation to deletion: the declaration of the stack, then plausible changes to it. */
export interface Lifecycle {
  /** Name of the record file, without `.json`. */
  name: string;
  token: string;
  /** Creates the objects that the resource depends on. */
  setUp?(tenant: TestTenant): Promise<Ids>;
  program(ids: Ids): WireValue;
  /** Applied in this order. */
  changes: { description: string; program(ids: Ids): WireValue }[];
  /** `false` when the type does not support import. */
  importable?: false;
}

const principal = async (tenant: TestTenant, appId: string): Promise<string> =>
  String((await tenant.client.get(`/v1.0/servicePrincipals?$filter=appId eq '${appId}'`)).body.value[0].id);

const enterpriseApp = async (tenant: TestTenant): Promise<Ids> => ({ ...(await tenant.enterpriseApp()) });

const application = async (tenant: TestTenant): Promise<Ids> => {
  const { body } = await tenant.client.post("/v1.0/applications", { displayName: "Smallstep SSH" });
  return { application: String(body.id), client: String(body.appId) };
};

const application0 = ({ caller }: Ids) => ({
  displayName: "Smallstep SSH",
  signInAudience: "AzureADMyOrg",
  owners: [caller],
  publicClient: { redirectUris: ["http://127.0.0.1"] },
  requiredResourceAccesses: [
    { resourceAppId: graphAppId, resourceAccesses: scopes.map((id) => ({ id, type: "Scope" })) },
  ],
  optionalClaims: { idTokens: [{ name: "email" }] },
});

const credentials = (baseAddress: string) => [
  { key: "BaseAddress", value: baseAddress },
  { key: "SecretToken", value: secret("a token") },
  { key: "SyncNotificationSettings", value: "{}" },
];

export const lifecycles: readonly Lifecycle[] = [
  {
    name: "group",
    token: type("Group"),
    setUp: async ({ graph }) => ({
      user: graph.state.user("ada.lovelace@corp.com").id,
      otherUser: graph.state.user("bill.gates@corp.com").id,
    }),
    program: () => ({ displayName: "ssh", securityEnabled: true }),
    changes: [
      {
        description: "another name, and a description",
        program: () => ({ displayName: "ssh users", securityEnabled: true, description: "Who may log in" }),
      },
      {
        description: "members and further owners",
        program: ({ caller, user, otherUser }) => ({
          displayName: "ssh users",
          securityEnabled: true,
          members: [user, otherUser],
          owners: [caller, user, otherUser],
        }),
      },
      {
        description: "a member and an owner removed",
        program: ({ caller, user }) => ({
          displayName: "ssh users",
          securityEnabled: true,
          members: [user],
          owners: [caller, user],
        }),
      },
    ],
  },
  {
    name: "application",
    token: type("Application"),
    setUp: async ({ graph }) => ({ user: graph.state.user("ada.lovelace@corp.com").id }),
    program: application0,
    changes: [
      {
        description: "another name, a further redirect URI and owner",
        program: ({ caller = "", user = "" }) => ({
          ...application0({ caller }),
          displayName: "SSH CA",
          owners: [caller, user],
          publicClient: { redirectUris: ["http://127.0.0.1", "http://localhost"] },
        }),
      },
      {
        description: "no optional claims, one permission less, the owner removed",
        program: ({ caller = "" }) => {
          const { optionalClaims: _dropped, ...program } = application0({ caller });
          const resourceAccesses = [{ id: scopes[0], type: "Scope" }];
          return { ...program, requiredResourceAccesses: [{ resourceAppId: graphAppId, resourceAccesses }] };
        },
      },
    ],
  },
  {
    name: "applicationAlone",
    token: type("Application"),
    program: () => ({ displayName: "Nothing but a name" }),
    changes: [{ description: "another name", program: () => ({ displayName: "Nothing but another name" }) }],
  },
  {
    name: "servicePrincipal",
    token: type("ServicePrincipal"),
    setUp: application,
    program: ({ caller, client }) => ({ clientId: client, owners: [caller], appRoleAssignmentRequired: false }),
    changes: [
      {
        description: "assignment required",
        program: ({ caller, client }) => ({ clientId: client, owners: [caller], appRoleAssignmentRequired: true }),
      },
    ],
  },
  {
    name: "applicationPassword",
    token: type("ApplicationPassword"),
    setUp: application,
    program: ({ application }) => ({
      applicationId: `/applications/${application}`,
      displayName: "Smallstep SSH CA",
      endDate,
    }),
    changes: [],
    importable: false,
  },
  {
    name: "delegatedPermissionGrant",
    token: type("ServicePrincipalDelegatedPermissionGrant"),
    setUp: async (tenant) => ({
      ...(await enterpriseApp(tenant)),
      graphServicePrincipal: await principal(tenant, graphAppId),
    }),
    program: ({ servicePrincipalId, graphServicePrincipal }) => ({
      servicePrincipalObjectId: servicePrincipalId,
      resourceServicePrincipalObjectId: graphServicePrincipal,
      claimValues: ["openid", "email", "profile"],
    }),
    changes: [
      {
        description: "one permission less",
        program: ({ servicePrincipalId, graphServicePrincipal }) => ({
          servicePrincipalObjectId: servicePrincipalId,
          resourceServicePrincipalObjectId: graphServicePrincipal,
          claimValues: ["openid", "email"],
        }),
      },
    ],
  },
  {
    name: "applicationFromTemplate",
    token: type("ApplicationFromTemplate"),
    program: () => ({ displayName: "smallstep-usersync", templateId: nonGallery }),
    changes: [{ description: "another name", program: () => ({ displayName: "Smallstep", templateId: nonGallery }) }],
  },
  {
    name: "appRoleAssignment",
    token: type("AppRoleAssignment"),
    setUp: async (tenant) => {
      const { servicePrincipalId } = await tenant.enterpriseApp();
      const { body } = await tenant.client.get(`/v1.0/servicePrincipals/${servicePrincipalId}`);
      const role = body.appRoles.find((one: { displayName: string }) => one.displayName === "User");
      const group = tenant.graph.state.groupByName("platform-ssh").id;
      return { servicePrincipal: servicePrincipalId, role: String(role.id), group };
    },
    program: ({ servicePrincipal, role, group }) => ({
      appRoleId: role,
      principalObjectId: group,
      resourceObjectId: servicePrincipal,
    }),
    changes: [],
  },
  {
    name: "synchronizationJob",
    token: type("SynchronizationJob"),
    setUp: async (tenant) => {
      const ids = await enterpriseApp(tenant);
      // Graph rejects the start of a job without credentials.
      const value = [
        { key: "BaseAddress", value: "https://scim.example.com/v2" },
        { key: "SecretToken", value: "a token" },
      ];
      await tenant.client.put(`/v1.0/servicePrincipals/${ids["servicePrincipalId"]}/synchronization/secrets`, {
        value,
      });
      return ids;
    },
    program: ({ servicePrincipalId }) => ({
      servicePrincipalId: `/servicePrincipals/${servicePrincipalId}`,
      templateId: "scim",
      enabled: false,
    }),
    changes: [
      {
        description: "started",
        program: ({ servicePrincipalId }) => ({
          servicePrincipalId: `/servicePrincipals/${servicePrincipalId}`,
          templateId: "scim",
          enabled: true,
        }),
      },
      {
        description: "paused",
        program: ({ servicePrincipalId }) => ({
          servicePrincipalId: `/servicePrincipals/${servicePrincipalId}`,
          templateId: "scim",
          enabled: false,
        }),
      },
    ],
  },
  {
    name: "synchronizationSecret",
    token: type("SynchronizationSecret"),
    setUp: enterpriseApp,
    program: ({ servicePrincipalId }) => ({
      servicePrincipalId: `/servicePrincipals/${servicePrincipalId}`,
      credentials: credentials("https://scim.example.com/a/v2"),
    }),
    changes: [
      {
        description: "another address",
        program: ({ servicePrincipalId }) => ({
          servicePrincipalId: `/servicePrincipals/${servicePrincipalId}`,
          credentials: credentials("https://scim.example.com/b/v2"),
        }),
      },
    ],
  },
];

/** One function call. */
export interface Call {
  description: string;
  token: string;
  args(ids: Ids): WireValue;
}

export const calls: readonly Call[] = [
  { description: "getClientConfig", token: type("getClientConfig"), args: () => ({}) },
  {
    description: "getGroup by name",
    token: type("getGroup"),
    args: () => ({ displayName: "platform-ssh", securityEnabled: true }),
  },
  { description: "getGroup by id", token: type("getGroup"), args: ({ group }) => ({ objectId: group }) },
  {
    description: "getServicePrincipal by client id",
    token: type("getServicePrincipal"),
    args: () => ({ clientId: graphAppId }),
  },
  {
    description: "getServicePrincipal by object id",
    token: type("getServicePrincipal"),
    args: ({ servicePrincipalId }) => ({ objectId: servicePrincipalId }),
  },
];
