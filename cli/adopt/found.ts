import type { WantedProvisioner } from "../../provider/smallstep/provisioner";
import type { PropertyMap } from "../../provider/host";

/** What there is of a set-up that was made by hand: as much of Graph's objects as is looked at. */
export interface DiscoveredSetup {
  tenantId: string;
  /** Object id of the identity that reads; undefined when its token does not say. */
  deployer: string | undefined;
  application: FoundApplication;
  /** Undefined: nobody can sign in to the application. */
  signIn: SignInPrincipal | undefined;
  enterpriseApp: EnterpriseApp;
  /** Groups assigned to the enterprise application, or asked for. */
  groups: FoundGroup[];
  job: FoundJob | undefined;
  /** What the job's credentials are, in the service's order; those that it does not show are `*`. */
  secrets: { key: string; value: string }[];
  /** The OIDC provisioner that the CA publishes for the application; its client secret is no secret there. */
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
  /** Object ids. */
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
  /** Consent to Microsoft Graph's delegated permissions; undefined when the reader may not see it. */
  grants: Grant[] | undefined;
}

export interface Grant {
  id: string;
  consentType: string;
  scope: string | null;
}

export interface EnterpriseApp {
  /** Object ids of service principal and application. */
  id: string;
  applicationId: string;
  displayName: string;
  applicationTemplateId?: string | null;
  appRoles: { id: string; displayName?: string | null; isEnabled: boolean; allowedMemberTypes: string[] }[];
  tags: string[];
  assignments: Assignment[];
}

/** A role of an application, given to somebody. */
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
  /** No other security group has the name. */
  unique: boolean;
}

export interface FoundJob {
  id: string;
  templateId: string;
  /** Undefined: it runs; else why it does not, as the end of a sentence. */
  stopped: string | undefined;
  /** The mappings of people as a program would say them, by target attribute; undefined: the schema maps no people. */
  mappings: Record<string, PropertyMap> | undefined;
}

export interface FoundTeam {
  slug: string;
  directoryId: string | null;
  /** Slugs of the other teams that use the same directory. */
  sharing: string[];
}
