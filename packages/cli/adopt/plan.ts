import { type ExistingGroup, scimTenantUrl, delegatedScopes } from "@smallstep-ssh/components";
import type { DiscoveredSetup } from "./discoveredSetup";
import { groupSetting, importsOf, isForEverybody, type Import } from "./imports";
import { planMapping } from "./mapping";
import type { PlanOptions } from "./planOptions";
import { notification, tenantAddress } from "./credentials";
import type { Difference } from "./difference";
import { findDifferences } from "./differences";
import { findClientSecretEndDate } from "./clientSecretExpiry";

export interface Plan {
  /** Settings that the setup determines, by section, without defaults. They replace whole sections. */
  settings: {
    tenantId: string;
    groups: { existing: ExistingGroup }[];
    oidc: Record<string, unknown>;
    scim: Record<string, unknown>;
    mapping: Record<string, unknown>;
  };
  imports: Import[];
  differences: Difference[];
}

/** Converts a manual setup to the stack's settings, the resources to import, and the differences. No I/O. */
export function plan(setup: DiscoveredSetup, choices: PlanOptions): Plan {
  const { application, signIn, enterpriseApp, provisioner } = setup;
  const mapping = planMapping(setup.job?.mappings ?? {}, choices.keepMappings);
  const redirectUris = (application.publicClient?.redirectUris ?? []).filter(isLoopback);
  const emailClaim = (application.optionalClaims?.idToken ?? []).some(({ name }) => name === "email");
  const assignmentRequired = signIn?.appRoleAssignmentRequired === true;
  const adminConsent =
    signIn?.grants?.some((grant) => isForEverybody(grant) && isDeclaredConsent(grant.scope)) === true;
  const kept = choices.clientSecret === "keep" && provisioner !== undefined;
  const end = kept
    ? findClientSecretEndDate(application.passwordCredentials ?? [], provisioner.clientSecret)
    : undefined;
  const { owners } = application;
  const onlyDeployer = owners.length === 1 && owners[0] === setup.deployer;
  const oidc = {
    ...omitIfDefault("Smallstep SSH", "displayName", application.displayName),
    ...(redirectUris.length === 0 ? {} : omitIfDefault("http://127.0.0.1", "redirectUris", redirectUris)),
    ...(provisioner === undefined ? {} : { emailDomains: [...provisioner.domains] }),
    ...(owners.length === 0 || onlyDeployer ? {} : { owners: [...owners].sort() }),
    ...(emailClaim ? {} : { emailClaim }),
    ...(assignmentRequired ? { assignmentRequired } : {}),
    ...(adminConsent ? { adminConsent } : {}),
    ...(end === undefined ? {} : omitIfDefault("2299-12-31T00:00:00Z", "clientSecretEndDate", end)),
    ...(provisioner === undefined
      ? {}
      : {
          ...omitIfDefault("azuread", "provisionerName", provisioner.name),
          ...omitIfDefault("127.0.0.1:10000", "listenAddress", provisioner.listenAddress || "any"),
        }),
  };
  const address = tenantAddress(setup.secrets.find(({ key }) => key === "BaseAddress")?.value ?? "");
  const { deletionThreshold, email } = notification(setup.secrets);
  const scim = {
    ...omitIfDefault("smallstep-usersync", "displayName", enterpriseApp.displayName),
    ...address,
    ...(deletionThreshold === undefined ? {} : omitIfDefault(500, "deletionThreshold", deletionThreshold)),
    ...(email === undefined ? {} : { notificationEmail: email }),
  };
  const imports = importsOf(setup, { assignmentRequired, adminConsent });
  const decided = {
    adminConsent,
    redirectUris,
    tenantUrl: address && scimTenantUrl(address.baseUrl, address.directoryId),
  };
  return {
    settings: {
      tenantId: setup.tenantId,
      groups: setup.groups.map(groupSetting),
      oidc,
      scim,
      mapping: { ...mapping.settings },
    },
    imports,
    differences: [...findDifferences(setup, choices, decided), ...mapping.differences],
  };
}

function omitIfDefault(usual: unknown, name: string, value: unknown): Record<string, unknown> {
  const is = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
  return is === usual ? {} : { [name]: value };
}

/** Tests whether the setting `oidc.redirectUris` accepts a URI. */
export function isLoopback(uri: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost)(:\d{1,5})?(\/\S*)?$/.test(uri);
}

/** Tests whether a scope is exactly the stack's set of permissions. Consent to another set stays unchanged. */
export function isDeclaredConsent(scope: string | null): boolean {
  const given = (scope ?? "").split(" ").filter((one) => one !== "");
  return JSON.stringify(given.sort()) === JSON.stringify(Object.keys(delegatedScopes).sort());
}
