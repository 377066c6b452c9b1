import type { WantedProvisioner } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";

/** A manual setup as discovered in Entra ID, the folk database and the CA. Objects of Graph have only the properties that are read. */
export interface DiscoveredSetup {
  tenantId: string;
  /** Object id of the reading identity. Undefined: its token does not contain it. */
  deployer: string | undefined;
  application: FoundApplication;
  /** Service principal of the app registration. Undefined: there is none, so users cannot sign in. */
  signIn: SignInPrincipal | undefined;
  enterpriseApp: EnterpriseApp;
  /** Groups that are assigned to the enterprise application or requested by option. */
  groups: FoundGroup[];
  job: FoundJob | undefined;
  /** The job's credentials in the service's order. Masked values are `*`. */
  secrets: { key: string; value: string }[];
  /** The OIDC provisioner that the CA publishes for the application, its client secret included. Undefined: there is none. */
  provisioner: WantedProvisioner | undefined;
  team: FoundTeam;
}

export interface FoundApplication {
  id: string;
  appId: string;
  displayName: string;
  signInAudience?: string | null;
  description?: string | null;
  notes?: string | null;
  groupMembershipClaims?: string | null;
  identifierUris?: string[];
  isFallbackPublicClient?: boolean | null;
  appRoles?: unknown[];
  api?: { requestedAccessTokenVersion?: number | null; oauth2PermissionScopes?: unknown[] } | null;
  publicClient?: { redirectUris?: string[] } | null;
  spa?: { redirectUris?: string[] } | null;
  web?: { redirectUris?: string[] } | null;
  optionalClaims?: { idToken?: Claim[]; accessToken?: Claim[]; saml2Token?: Claim[] } | null;
  requiredResourceAccess?: { resourceAppId: string; resourceAccess: { id: string; type: string }[] }[];
  passwordCredentials?: {
    keyId: string;
    displayName?: string | null;
    endDateTime?: string | null;
    hint?: string | null;
  }[];
  /** Object ids of the owners. */
  owners: string[];
}

interface Claim {
  name: string;
  source?: string | null;
  essential?: boolean;
  additionalProperties?: string[];
}

export interface SignInPrincipal {
  id: string;
  appRoleAssignmentRequired?: boolean | null;
  accountEnabled?: boolean | null;
  owners: string[];
  assignments: Assignment[];
  /** Consent to Microsoft Graph's delegated permissions. Undefined: the permission to read it is missing. */
  grants: Grant[] | undefined;
}

export interface Grant {
  id: string;
  consentType: string;
  scope: string | null;
}

export interface EnterpriseApp {
  /** Object id of the service principal. `applicationId` is that of the application. */
  id: string;
  applicationId: string;
  displayName: string;
  applicationTemplateId?: string | null;
  appRoles: { id: string; displayName?: string | null; isEnabled: boolean; allowedMemberTypes: string[] }[];
  tags: string[];
  assignments: Assignment[];
}

/** An app role assignment: an app role granted to a user, a group or a service principal. */
export interface Assignment {
  id: string;
  principalId: string;
  principalDisplayName?: string | null;
  principalType: string;
  appRoleId: string;
}

export interface FoundGroup {
  id: string;
  displayName: string;
  /** No other security group has this name. */
  unique: boolean;
}

export interface FoundJob {
  id: string;
  templateId: string;
  /** Why the job does not run, as the end of a sentence. Undefined: it runs. */
  stopped: string | undefined;
  /** User mappings by target attribute, as inputs of the plugin's resource. Undefined: the schema does not map users. */
  mappings: Record<string, PropertyMap> | undefined;
}

export interface FoundTeam {
  slug: string;
  directoryId: string | null;
  /** Slugs of other teams that use the same directory. */
  sharing: string[];
}
