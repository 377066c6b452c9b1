import type { WireValue } from "@smallstep-ssh/usersync/testing";
import type { TestTenant } from "entra-emulator/testing";
import { secret } from "../testing";

const nonGallery = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const graphAppId = "00000003-0000-0000-c000-000000000000";
const scopes = ["37f7f235-527c-4136-accd-4a02d197296e", "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"];
const endDate = "2030-01-31T00:00:00Z";

/** Values that the programs set themselves. Records keep them unchanged. */
export const constants = new Set([nonGallery, graphAppId, ...scopes, endDate, "00000000-0000-0000-0000-000000000000"]);

/** Ids of the objects that exist before the lifecycles, by the names that records use for them. */
export type Ids = Awaited<ReturnType<typeof setUp>>;

/** Creates the objects that resources depend on. */
export async function setUp({ graph, client, everything, enterpriseApp }: TestTenant) {
  const { state, tenantId } = graph;
  const { body: application } = await client.post("/v1.0/applications", { displayName: "Smallstep SSH" });
  const { servicePrincipalId } = await enterpriseApp();
  const role = state.servicePrincipal(servicePrincipalId).appRoles.find(({ displayName }) => displayName === "User");
  // Graph rejects the start of a job without credentials.
  const value = [
    { key: "BaseAddress", value: "https://scim.example.com/v2" },
    { key: "SecretToken", value: "a token" },
  ];
  await client.put(`/v1.0/servicePrincipals/${servicePrincipalId}/synchronization/secrets`, { value });
  return {
    caller: everything.objectId,
    callersClient: everything.clientId,
    tenant: tenantId,
    user: state.user("ada.lovelace@corp.com").id,
    otherUser: state.user("bill.gates@corp.com").id,
    group: state.groupByName("platform-ssh").id,
    application: String(application.id),
    client: String(application.appId),
    servicePrincipalId,
    role: String(role?.id),
    graphServicePrincipal: String(state.servicePrincipalByAppId(graphAppId)?.id),
  };
}

/** One resource from creation to deletion: the declaration of the stack, then plausible changes to it. */
export interface Lifecycle {
  /** Name of the record file, without `.json`. */
  name: string;
  /** Name of the resource type. */
  type: string;
  program(ids: Ids): WireValue;
  /** Descriptions and properties that differ from the first program, applied in this order. */
  changes: [description: string, change: (ids: Ids) => WireValue][];
  /** `false` when the type does not support import. */
  importable?: false;
}

const graphAccess = (ids: string[]) => [
  { resourceAppId: graphAppId, resourceAccesses: ids.map((id) => ({ id, type: "Scope" })) },
];

const credentials = (baseAddress: string) => [
  { key: "BaseAddress", value: baseAddress },
  { key: "SecretToken", value: secret("a token") },
  { key: "SyncNotificationSettings", value: "{}" },
];

const provisioned = ({ servicePrincipalId }: Ids) => ({
  servicePrincipalId: `/servicePrincipals/${servicePrincipalId}`,
});

export const lifecycles: readonly Lifecycle[] = [
  {
    name: "group",
    type: "Group",
    program: () => ({ displayName: "ssh", securityEnabled: true }),
    changes: [
      ["another name, and a description", () => ({ displayName: "ssh users", description: "Who may log in" })],
      [
        "members and further owners",
        ({ caller, user, otherUser }) => ({
          displayName: "ssh users",
          members: [user, otherUser],
          owners: [caller, user, otherUser],
        }),
      ],
      [
        "a member and an owner removed",
        ({ caller, user }) => ({ displayName: "ssh users", members: [user], owners: [caller, user] }),
      ],
    ],
  },
  {
    name: "application",
    type: "Application",
    program: ({ caller }) => ({
      displayName: "Smallstep SSH",
      signInAudience: "AzureADMyOrg",
      owners: [caller],
      publicClient: { redirectUris: ["http://127.0.0.1"] },
      requiredResourceAccesses: graphAccess(scopes),
      optionalClaims: { idTokens: [{ name: "email" }] },
    }),
    changes: [
      [
        "another name, a further redirect URI and owner",
        ({ caller, user }) => ({
          displayName: "SSH CA",
          owners: [caller, user],
          publicClient: { redirectUris: ["http://127.0.0.1", "http://localhost"] },
        }),
      ],
      [
        "no optional claims, one permission less, the owner removed",
        () => ({ optionalClaims: undefined, requiredResourceAccesses: graphAccess(scopes.slice(0, 1)) }),
      ],
    ],
  },
  {
    name: "applicationAlone",
    type: "Application",
    program: () => ({ displayName: "Nothing but a name" }),
    changes: [["another name", () => ({ displayName: "Nothing but another name" })]],
  },
  {
    name: "servicePrincipal",
    type: "ServicePrincipal",
    program: ({ caller, client }) => ({ clientId: client, owners: [caller], appRoleAssignmentRequired: false }),
    changes: [["assignment required", () => ({ appRoleAssignmentRequired: true })]],
  },
  {
    name: "applicationPassword",
    type: "ApplicationPassword",
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
    type: "ServicePrincipalDelegatedPermissionGrant",
    program: ({ servicePrincipalId, graphServicePrincipal }) => ({
      servicePrincipalObjectId: servicePrincipalId,
      resourceServicePrincipalObjectId: graphServicePrincipal,
      claimValues: ["openid", "email", "profile"],
    }),
    changes: [["one permission less", () => ({ claimValues: ["openid", "email"] })]],
  },
  {
    name: "applicationFromTemplate",
    type: "ApplicationFromTemplate",
    program: () => ({ displayName: "smallstep-usersync", templateId: nonGallery }),
    changes: [["another name", () => ({ displayName: "Smallstep" })]],
  },
  {
    name: "appRoleAssignment",
    type: "AppRoleAssignment",
    program: ({ servicePrincipalId, role, group }) => ({
      appRoleId: role,
      principalObjectId: group,
      resourceObjectId: servicePrincipalId,
    }),
    changes: [],
  },
  {
    name: "synchronizationJob",
    type: "SynchronizationJob",
    program: (ids) => ({ ...provisioned(ids), templateId: "scim", enabled: false }),
    changes: [
      ["started", () => ({ enabled: true })],
      ["paused", () => ({ enabled: false })],
    ],
  },
  {
    name: "synchronizationSecret",
    type: "SynchronizationSecret",
    program: (ids) => ({ ...provisioned(ids), credentials: credentials("https://scim.example.com/a/v2") }),
    changes: [["another address", () => ({ credentials: credentials("https://scim.example.com/b/v2") })]],
  },
];

/** Descriptions, names and arguments of the function calls. */
export const calls: readonly [description: string, name: string, args: (ids: Ids) => WireValue][] = [
  ["getClientConfig", "getClientConfig", () => ({})],
  ["getGroup by name", "getGroup", () => ({ displayName: "platform-ssh", securityEnabled: true })],
  ["getGroup by id", "getGroup", ({ group }) => ({ objectId: group })],
  ["getServicePrincipal by client id", "getServicePrincipal", () => ({ clientId: graphAppId })],
  [
    "getServicePrincipal by object id",
    "getServicePrincipal",
    ({ servicePrincipalId }) => ({ objectId: servicePrincipalId }),
  ],
];
