import { delegatedScopes, microsoftGraphAppId } from "@smallstep-ssh/components";
import { parse, toMappingSource, presets } from "entra-mappings";
import type { Answer, TestClient } from "entra-emulator/testing";
import type { AttributeMapping, SynchronizationSchema } from "entra-emulator";
import type { QuickstartDeviations } from "./deviations";

const nonGalleryTemplate = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const zeroId = "00000000-0000-0000-0000-000000000000";
/** Id of Microsoft Graph's delegated permission User.Read, which the portal adds to each new app registration. */
const userRead = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";

/** The portal as an administrator uses it. Each method sends the requests of the corresponding clicks. */
export class Portal {
  constructor(
    private readonly client: TestClient,
    private readonly deviations: QuickstartDeviations,
  ) {}

  /** Performs step 1: creates a group with members (object ids). Returns its object id. */
  async group(displayName: string, members: readonly string[]): Promise<string> {
    const { id } = await this.post("/v1.0/groups", {
      displayName,
      mailEnabled: false,
      mailNickname: displayName,
      securityEnabled: true,
    });
    for (const member of members) {
      await this.post(`/v1.0/groups/${id}/members/$ref`, {
        "@odata.id": `https://graph/v1.0/directoryObjects/${member}`,
      });
    }
    return id;
  }

  /** Performs step 2: creates the app registration and its secret. */
  async signInApp(displayName: string): Promise<{ id: string; clientId: string; secret: string }> {
    const scopes = this.deviations.portalPermissions ? [userRead] : Object.values(delegatedScopes);
    const { id, appId } = await this.post("/v1.0/applications", {
      displayName,
      signInAudience: "AzureADMyOrg",
      publicClient: { redirectUris: ["http://127.0.0.1"] },
      requiredResourceAccess: [
        { resourceAppId: microsoftGraphAppId, resourceAccess: scopes.map((scope) => ({ id: scope, type: "Scope" })) },
      ],
      ...(this.deviations.portalPermissions
        ? {}
        : { optionalClaims: { accessToken: [], idToken: [{ name: "email", essential: false }], saml2Token: [] } }),
    });
    if (!this.deviations.noServicePrincipal) {
      const tags = ["WindowsAzureActiveDirectoryIntegratedApp", "HideApp"];
      await this.post("/v1.0/servicePrincipals", { appId, tags });
    }
    const { secretText } = await this.post(`/v1.0/applications/${id}/addPassword`, {
      passwordCredential: { displayName: "step", endDateTime: "2299-12-31T00:00:00Z" },
    });
    return { id, clientId: String(appId), secret: String(secretText) };
  }

  /** Performs steps 4 and 4.1: creates the enterprise application and assigns the groups to it. */
  async enterpriseApp(displayName: string, groups: readonly string[]): Promise<{ applicationId: string; id: string }> {
    const made = await this.post(`/v1.0/applicationTemplates/${nonGalleryTemplate}/instantiate`, { displayName });
    const application = made["application"] as { id: string; appRoles: { id: string; displayName: string }[] };
    const { id } = made["servicePrincipal"] as { id: string };
    const path = `/v1.0/applications/${application.id}`;
    const { appRoles } = application;
    const assign = async (principalId: string, appRoleId: string) => {
      await this.post(`/v1.0/servicePrincipals/${id}/appRoleAssignedTo`, { principalId, resourceId: id, appRoleId });
    };
    const user = appRoles.find((role) => role.displayName === "User")?.id ?? "";
    const [last = "", ...others] = [...groups].reverse();
    for (const group of others) await assign(group, user);
    if (this.deviations.zeroIdAssignment) {
      // A user disabled the roles, assigned the group, and enabled the roles again. "Default Access" stays.
      await this.patch(path, { appRoles: appRoles.map((role) => ({ ...role, isEnabled: false })) });
      await assign(last, zeroId);
      await this.patch(path, { appRoles });
    } else await assign(last, user);
    if (this.deviations.driftedTags) {
      await this.patch(path, { tags: ["ssh", "owned-by-platform"], notes: "managed by scripts" });
      await this.patch(`/v1.0/servicePrincipals/${id}`, { tags: ["HideApp"] });
    }
    return { applicationId: application.id, id };
  }

  /** Performs steps 4.3 to 5: writes credentials and mappings, and starts provisioning. Returns the job's id. */
  async provision(servicePrincipal: string, tenantUrl: string, token: string): Promise<string> {
    const base = `/v1.0/servicePrincipals/${servicePrincipal}/synchronization`;
    const { id } = await this.post(`${base}/jobs`, { templateId: "scim" });
    const settings = { Enabled: false, Recipients: "", DeleteThresholdEnabled: false };
    await this.put(`${base}/secrets`, {
      value: [
        { key: "BaseAddress", value: tenantUrl },
        { key: "SecretToken", value: token },
        { key: "SyncNotificationSettings", value: JSON.stringify(settings) },
        { key: "SyncAll", value: "false" },
      ],
    });
    const job = `${base}/jobs/${id}`;
    const { body } = accepted(await this.client.get(`${job}/schema`));
    const schema = body as SynchronizationSchema;
    for (const rule of schema.synchronizationRules) {
      for (const mapping of rule.objectMappings) {
        if (mapping.sourceObjectName === "User") {
          mapping.attributeMappings = quickstartMappings(mapping.attributeMappings, this.deviations);
        }
      }
    }
    await this.put(`${job}/schema`, schema);
    await this.post(`${job}/start`);
    return id;
  }

  private async post(path: string, body?: unknown): Promise<Record<string, unknown> & { id: string }> {
    return accepted(await this.client.post(path, body)).body as Record<string, unknown> & { id: string };
  }

  private async patch(path: string, body: unknown): Promise<void> {
    accepted(await this.client.patch(path, body));
  }

  private async put(path: string, body: unknown): Promise<void> {
    accepted(await this.client.put(path, body));
  }
}

function accepted(answer: Answer): Answer {
  if (answer.status >= 400) throw new Error(`Graph returned ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

const kept = new Set(["displayName", 'emails[type eq "work"].value', "name.givenName", "name.familyName"]);

/** Returns the mappings after step 4.4: deletes all but a few and edits two. With `extraMappings`, deletes none. */
function quickstartMappings(
  mappings: readonly AttributeMapping[],
  deviations: QuickstartDeviations,
): AttributeMapping[] {
  const edited: Record<string, string> = {
    userName: presets["upn-local-part"].expression,
    ...(deviations.extraMappings ? {} : { active: "Not([IsSoftDeleted])" }),
  };
  return mappings
    .filter(({ targetAttributeName: target }) => deviations.extraMappings || kept.has(target) || target in edited)
    .map((mapping) => {
      const expression = edited[mapping.targetAttributeName];
      return expression === undefined ? mapping : { ...mapping, source: toMappingSource(parse(expression)) };
    });
}
