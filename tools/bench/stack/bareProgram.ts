/** The baseline: a program that only declares the resources, without components, our plugin and checks. */
import * as azuread from "@pulumi/azuread";
import * as kubernetes from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import * as random from "@pulumi/random";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import {
  delegatedScopes,
  microsoftGraphAppId,
  podSpec,
  jobProgram,
  findUserAppRoleId,
} from "@smallstep-ssh/components";
import type { Settings } from "./stacks";

const name = "bare";

/** Returns a program with the same azuread, kubernetes, postgresql and random resources as our stack with these settings. */
export function bareProgram(settings: Settings, scimToken: string): PulumiFn {
  return async () => {
    const { database: connection, kubernetes: cluster, scim, tenantId } = settings;
    const { host, port, name: database, username, password, sslRootCert } = connection;
    const entra = new azuread.Provider("azuread", { tenantId });
    const sql = new postgresql.Provider("folk", {
      host,
      port,
      database,
      username,
      password,
      sslmode: "verify-full",
      superuser: false,
      sslrootcert: sslRootCert,
    });
    const owner = azuread.getClientConfigOutput({ provider: entra }).objectId;
    const groups = settings.groups.map((group) =>
      "create" in group
        ? new azuread.Group(
            `${name}-${group.create}`,
            { displayName: `${name}-${group.create}`, securityEnabled: true, owners: [owner] },
            { provider: entra },
          ).objectId
        : azuread.getGroupOutput({ ...group.existing, securityEnabled: true }, { provider: entra }).objectId,
    );

    const application = new azuread.Application(
      name,
      {
        displayName: "Bare SSH",
        signInAudience: "AzureADMyOrg",
        owners: [owner],
        publicClient: { redirectUris: ["http://127.0.0.1"] },
        requiredResourceAccesses: [
          {
            resourceAppId: microsoftGraphAppId,
            resourceAccesses: Object.values(delegatedScopes).map((id) => ({ id, type: "Scope" })),
          },
        ],
        optionalClaims: { idTokens: [{ name: "email" }] },
      },
      { provider: entra },
    );
    new azuread.ServicePrincipal(name, { clientId: application.clientId, owners: [owner] }, { provider: entra });
    const clientSecret = new azuread.ApplicationPassword(
      name,
      { applicationId: application.id, displayName: "Smallstep SSH CA", endDate: "2299-12-31T00:00:00Z" },
      { provider: entra },
    );

    const enterprise = new azuread.ApplicationFromTemplate(
      name,
      { displayName: "bare-usersync", templateId: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621" },
      { provider: entra },
    );
    const { appRoles } = azuread.getServicePrincipalOutput(
      { objectId: enterprise.servicePrincipalObjectId },
      { provider: entra },
    );
    groups.forEach((group, index) => {
      new azuread.AppRoleAssignment(
        `${name}-${index}`,
        {
          appRoleId: appRoles.apply(findUserAppRoleId),
          principalObjectId: group,
          resourceObjectId: enterprise.servicePrincipalObjectId,
        },
        { provider: entra },
      );
    });
    const job = new azuread.SynchronizationJob(
      name,
      { servicePrincipalId: enterprise.servicePrincipalId, templateId: "scim", enabled: false },
      { provider: entra },
    );
    const tenantUrl = `${scim.baseUrl}/${scim.directoryId}/v2`;
    new azuread.SynchronizationSecret(
      name,
      {
        servicePrincipalId: enterprise.servicePrincipalId,
        credentials: [
          { key: "BaseAddress", value: tenantUrl },
          { key: "SecretToken", value: scimToken },
        ],
      },
      { provider: entra, dependsOn: [job] },
    );

    const jobPassword = new random.RandomPassword(name, { length: 40, special: false });
    const role = new postgresql.Role(
      name,
      { name, login: true, password: jobPassword.result, connectionLimit: 5, skipReassignOwned: true },
      { provider: sql },
    );
    const grant = (privilege: string, columns: string[], dependsOn: postgresql.Grant[]) =>
      new postgresql.Grant(
        `${name}-${privilege}`,
        {
          database,
          role: role.name,
          schema: "public",
          objectType: "column",
          objects: ["teams"],
          columns,
          privileges: [privilege],
        },
        { provider: sql, dependsOn },
      );
    const select = grant("SELECT", ["slug", "ssh_directory_id"], []);
    const update = grant("UPDATE", ["ssh_directory_id"], [select]);

    const metadata = { name, namespace: cluster.namespace };
    const configMap = new kubernetes.core.v1.ConfigMap(name, {
      metadata,
      data: { CLIENT_ID: application.clientId, "registration.cjs": jobProgram() },
    });
    const secret = new kubernetes.core.v1.Secret(name, {
      metadata,
      type: "Opaque",
      stringData: {
        CLIENT_SECRET: clientSecret.value,
        SCIM_TOKEN: scimToken,
        PGPASSWORD: jobPassword.result,
      },
    });
    new kubernetes.batch.v1.Job(
      name,
      {
        // Suspended, because the benchmark measures the engine, not the Job.
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          suspend: true,
          backoffLimit: 2,
          template: {
            spec: podSpec({
              adminToolsImage: cluster.adminToolsImage,
              nodeImage: "docker.io/library/node:24-alpine",
              configMap: configMap.metadata.name,
              secret: secret.metadata.name,
            }),
          },
        },
      },
      { dependsOn: [update] },
    );
    return {};
  };
}
