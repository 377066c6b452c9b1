import { delegatedScopes, microsoftGraphAppId } from "@smallstep-ssh/components";
import type { DiscoveredSetup, FoundApplication } from "../discoveredSetup";
import type { Difference } from "../difference";
import type { PlanContext } from "../planOptions";

/** Returns the differences of the app registration, its service principal and the consent. */
export function signInDifferences(found: DiscoveredSetup, { adminConsent, redirectUris }: PlanContext): Difference[] {
  const { application, signIn } = found;
  const about = `App registration ${application.displayName}`;
  const differences: Difference[] = [];
  const change = (text: string, upEffect: string) => differences.push({ kind: "change", about, found: text, upEffect });
  const missing = missingPermissions(application);
  if (missing.length > 0 || otherPermissions(application) > 0) {
    const has = [
      ...(missing.length === 0 ? [] : [`lacks ${missing.join(", ")}`]),
      ...(otherPermissions(application) === 0
        ? []
        : [`has ${otherPermissions(application)} that the stack does not declare`]),
    ].join(" and ");
    change(
      `Its API permissions differ: it ${has}.`,
      "declares only openid, email and profile. Existing consent stays.",
    );
  }
  if (redirectUris.length === 0) {
    change("It has no loopback redirect URI for public clients.", "adds http://127.0.0.1.");
  }
  const undeclared = undeclaredProperties(application);
  if (undeclared.length > 0) {
    change(
      `It has properties that the stack does not declare: ${undeclared.join("; ")}.`,
      "removes them. Check first that no other program uses this app registration.",
    );
  }
  if (application.owners.length === 0) change("It has no owner.", "adds the deploying identity as owner.");
  if (signIn === undefined) {
    change("It has no service principal, so users cannot sign in.", "creates it.");
    return differences;
  }
  const list = (ids: readonly string[]) => [...ids].sort().join(", ") || "none";
  if (application.owners.length > 0 && list(signIn.owners) !== list(application.owners)) {
    change(
      `The owners of its service principal (${list(signIn.owners)}) differ from its own (${list(application.owners)}).`,
      "sets the owners of the app registration on both.",
    );
  }
  if (signIn.accountEnabled === false) change("Sign-in to it is disabled.", "enables it.");
  if (!adminConsent && (signIn.grants?.length ?? 0) > 0) {
    differences.push({
      kind: "note",
      about,
      found: "It has consent that differs from consent to openid, email and profile for all users.",
      upEffect: "leaves the consent unchanged. It is not part of the stack.",
    });
  }
  return differences;
}

function graphScopes(application: FoundApplication): string[] {
  return (application.requiredResourceAccess ?? [])
    .filter(({ resourceAppId }) => resourceAppId === microsoftGraphAppId)
    .flatMap(({ resourceAccess }) => resourceAccess.filter(({ type }) => type === "Scope").map(({ id }) => id));
}

function missingPermissions(application: FoundApplication): string[] {
  const has = new Set(graphScopes(application));
  return Object.entries(delegatedScopes).flatMap(([name, id]) => (has.has(id) ? [] : [name]));
}

function otherPermissions(application: FoundApplication): number {
  const declaredScopes = new Set<string>(Object.values(delegatedScopes));
  const all = (application.requiredResourceAccess ?? []).flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.map(
      ({ id, type }) => resourceAppId === microsoftGraphAppId && type === "Scope" && declaredScopes.has(id),
    ),
  );
  return all.filter((declared) => !declared).length;
}

/** Returns properties that azuread would unset because the program does not declare them. */
function undeclaredProperties(application: FoundApplication): string[] {
  const { api, optionalClaims, signInAudience } = application;
  const list = (values: readonly string[] | undefined) =>
    (values?.length ?? 0) === 0 ? undefined : values?.join(", ");
  const otherUris = (application.publicClient?.redirectUris ?? []).filter(
    (uri) => !/^http:\/\/(127\.0\.0\.1|localhost)\b/.test(uri),
  );
  const claims = [
    ...(optionalClaims?.idToken ?? []).filter(({ name }) => name !== "email"),
    ...(optionalClaims?.accessToken ?? []),
    ...(optionalClaims?.saml2Token ?? []),
  ].map(({ name }) => name);
  const properties: Record<string, string | undefined> = {
    "sign-in audience": signInAudience === "AzureADMyOrg" ? undefined : (signInAudience ?? undefined),
    "web redirect URIs": list(application.web?.redirectUris),
    "single-page redirect URIs": list(application.spa?.redirectUris),
    "public client redirect URIs": list(otherUris),
    "optional claims": list(claims),
    "group claims": application.groupMembershipClaims ?? undefined,
    "identifier URIs": list(application.identifierUris),
    "app roles": (application.appRoles?.length ?? 0) === 0 ? undefined : String(application.appRoles?.length),
    "exposed permissions":
      (api?.oauth2PermissionScopes?.length ?? 0) === 0 ? undefined : String(api?.oauth2PermissionScopes?.length),
    "access token version":
      (api?.requestedAccessTokenVersion ?? 1) === 1 ? undefined : String(api?.requestedAccessTokenVersion),
    "public client flows": application.isFallbackPublicClient === true ? "allowed" : undefined,
    description: application.description || undefined,
    notes: application.notes || undefined,
  };
  return Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [`${name} (${value})`]));
}
