import { delegatedScopes, microsoftGraphAppId } from "@smallstep-ssh/components";
import { parse, toMappingSource, presets } from "entra-mappings";
import type { TestClient } from "entra-emulator/testing";
import type { AttributeMapping, SynchronizationSchema } from "entra-emulator";

const nonGalleryTemplate = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const zeroId = "00000000-0000-0000-0000-000000000000";
/** Id of Microsoft Graph's delegated permission User.Read, which the portal adds to each new app registration. */
const userRead = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";

/** Common deviations from the quickstart. Each is off by default. */
export interface QuickstartDeviations {
  /** All mappings of the template stay, including the original `active`. Only `userName` is edited. */
  extraMappings?: boolean;
  /** The last group is assigned with the zero role id ("Default Access"), which Entra does not provision. */
  zeroIdAssignment?: boolean;
  /** The tags of the enterprise application are overwritten, as by a tool that treats it as an app registration. */
  driftedTags?: boolean;
  /** The app registration has only the portal's default permission, User.Read, and no email claim. */
  portalPermissions?: boolean;
  /** The app registration was created on a command line, which does not create a service principal. */
  noServicePrincipal?: boolean;
  /** `--listen-address` was omitted. */
  noListenAddress?: boolean;
  /** The SQL statement that switches the team had no `where`, so it switched every team. */
  everyTeam?: boolean;
}

/** The portal as an administrator uses it. Each method sends the requests of the corresponding clicks. */
export class Portal {
  constructor(
    private readonly client: TestClient,
    private readonly deviations: QuickstartDeviations,
  ) {}

  /** Performs step 1: creates a group with members (object ids). Returns its object id. */
  async group(displayName: string, members: readonly string[]): Promise<string> {
    const group = { displayName, mailEnabled: false, mailNickname: displayName, securityEnabled: true };
    const { id } = await this.send("POST", "/groups", group);
    for (const member of members) {
      const reference = { "@odata.id": `https://graph/v1.0/directoryObjects/${member}` };
      await this.send("POST", `/groups/${id}/members/$ref`, reference);
    }
    return id;
  }

  /** Performs step 2: creates the app registration and its secret. */
  async signInApp(displayName: string): Promise<{ id: string; clientId: string; secret: string }> {
    const { portalPermissions, noServicePrincipal } = this.deviations;
    const scopes = portalPermissions ? [userRead] : Object.values(delegatedScopes);
    const email = { accessToken: [], idToken: [{ name: "email", essential: false }], saml2Token: [] };
    const { id, appId } = await this.send("POST", "/applications", {
      displayName,
      signInAudience: "AzureADMyOrg",
      publicClient: { redirectUris: ["http://127.0.0.1"] },
      requiredResourceAccess: [
        { resourceAppId: microsoftGraphAppId, resourceAccess: scopes.map((scope) => ({ id: scope, type: "Scope" })) },
      ],
      ...(portalPermissions ? {} : { optionalClaims: email }),
    });
    if (!noServicePrincipal) {
      const tags = ["WindowsAzureActiveDirectoryIntegratedApp", "HideApp"];
      await this.send("POST", "/servicePrincipals", { appId, tags });
    }
    const { secretText } = await this.send("POST", `/applications/${id}/addPassword`, {
      passwordCredential: { displayName: "step", endDateTime: "2299-12-31T00:00:00Z" },
    });
    return { id, clientId: appId, secret: secretText };
  }

  /** Performs steps 4 and 4.1: creates the enterprise application and assigns the groups. Returns the service principal's id. */
  async enterpriseApp(displayName: string, groups: readonly string[]): Promise<string> {
    const created = await this.send("POST", `/applicationTemplates/${nonGalleryTemplate}/instantiate`, { displayName });
    const { id } = created.servicePrincipal;
    const appRoles: { id: string; displayName: string }[] = created.application.appRoles;
    const path = `/applications/${created.application.id}`;
    const assign = (principalId: string, appRoleId: string) =>
      this.send("POST", `/servicePrincipals/${id}/appRoleAssignedTo`, { principalId, resourceId: id, appRoleId });
    const user = appRoles.find((role) => role.displayName === "User")?.id ?? "";
    const [last = "", ...others] = [...groups].reverse();
    for (const group of others) await assign(group, user);
    if (this.deviations.zeroIdAssignment) {
      // A user disabled the roles, assigned the group, and enabled the roles again. "Default Access" stays.
      await this.send("PATCH", path, { appRoles: appRoles.map((role) => ({ ...role, isEnabled: false })) });
      await assign(last, zeroId);
      await this.send("PATCH", path, { appRoles });
    } else await assign(last, user);
    if (this.deviations.driftedTags) {
      await this.send("PATCH", path, { tags: ["ssh", "owned-by-platform"], notes: "managed by scripts" });
      await this.send("PATCH", `/servicePrincipals/${id}`, { tags: ["HideApp"] });
    }
    return id;
  }

  /** Performs steps 4.3 to 5: writes credentials and mappings, and starts provisioning. Returns the job's id. */
  async provision(servicePrincipal: string, tenantUrl: string, token: string): Promise<string> {
    const base = `/servicePrincipals/${servicePrincipal}/synchronization`;
    const { id } = await this.send("POST", `${base}/jobs`, { templateId: "scim" });
    const settings = { Enabled: false, Recipients: "", DeleteThresholdEnabled: false };
    await this.send("PUT", `${base}/secrets`, {
      value: [
        { key: "BaseAddress", value: tenantUrl },
        { key: "SecretToken", value: token },
        { key: "SyncNotificationSettings", value: JSON.stringify(settings) },
        { key: "SyncAll", value: "false" },
      ],
    });
    const job = `${base}/jobs/${id}`;
    const schema: SynchronizationSchema = await this.send("GET", `${job}/schema`);
    const mappings = schema.synchronizationRules.flatMap((rule) => rule.objectMappings);
    for (const mapping of mappings.filter(({ sourceObjectName }) => sourceObjectName === "User")) {
      mapping.attributeMappings = quickstartMappings(mapping.attributeMappings, this.deviations);
    }
    await this.send("PUT", `${job}/schema`, schema);
    await this.send("POST", `${job}/start`);
    return id;
  }

  /** Sends a request to Graph and returns the body of its response. @throws Error if Graph rejects the request */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies have many shapes
  private async send(method: string, path: string, content?: unknown): Promise<any> {
    const { status, body } = await this.client.call(method, `/v1.0${path}`, content);
    if (status >= 400) throw new Error(`Graph returned ${status}: ${JSON.stringify(body)}`);
    return body;
  }
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
