import { boundedList } from "entra-mappings";
import { delegatedScopes, microsoftGraphAppId } from "@smallstep-ssh/components";
import * as z from "zod";
import { differencesOf, entraImport, type Part } from "./part";

const list = z.array(z.string()).nullish();
const platform = z.object({ redirectUris: list }).nullish();
const claims = z.array(z.object({ name: z.string() })).nullish();

/** The app registration for sign-in. */
export const applicationSchema = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  signInAudience: z.string().nullish(),
  description: z.string().nullish(),
  notes: z.string().nullish(),
  groupMembershipClaims: z.string().nullish(),
  identifierUris: list,
  isFallbackPublicClient: z.boolean().nullish(),
  appRoles: z.array(z.unknown()).nullish(),
  api: z
    .object({
      requestedAccessTokenVersion: z.number().nullish(),
      oauth2PermissionScopes: z.array(z.unknown()).nullish(),
    })
    .nullish(),
  publicClient: platform,
  spa: platform,
  web: platform,
  optionalClaims: z.object({ idToken: claims, accessToken: claims, saml2Token: claims }).nullish(),
  requiredResourceAccess: z
    .array(
      z.object({
        resourceAppId: z.string(),
        resourceAccess: z.array(z.object({ id: z.string(), type: z.string() })),
      }),
    )
    .nullish(),
  passwordCredentials: z.array(z.object({ endDateTime: z.string().nullish(), hint: z.string().nullish() })).nullish(),
});

/** `owners`: object ids. */
export type FoundApplication = z.infer<typeof applicationSchema> & { owners: string[] };

/** @param deployer object id of the reading identity */
export function applicationPart(application: FoundApplication, deployer: string | undefined): Part {
  const { id, displayName, owners, optionalClaims, publicClient } = application;
  const redirectUris = (publicClient?.redirectUris ?? []).filter(isLoopback);
  const undeclared = undeclaredProperties(application);
  const permissions = permissionDifference(application);
  return {
    found: ["app registration", `${displayName} (${id})`],
    imports: [entraImport("oidc", "Application", `/applications/${id}`)],
    settings: {
      oidc: {
        displayName,
        redirectUris: redirectUris.length === 0 ? undefined : redirectUris,
        owners: owners.every((owner) => owner === deployer) ? undefined : [...owners].sort(),
        emailClaim: optionalClaims?.idToken?.some(({ name }) => name === "email") === true,
      },
    },
    differences: differencesOf(`App registration ${displayName}`, [
      permissions !== "" && [
        "change",
        `Its API permissions differ: it ${permissions}.`,
        "declares only openid, email and profile. Existing consent stays.",
      ],
      redirectUris.length === 0 && [
        "change",
        "It has no loopback redirect URI for public clients.",
        "adds http://127.0.0.1.",
      ],
      undeclared !== "" && [
        "change",
        `It has properties that the stack does not declare: ${undeclared}.`,
        "removes them. Check first that no other program uses this app registration.",
      ],
      owners.length === 0 && ["change", "It has no owner.", "adds the deploying identity as owner."],
    ]),
  };
}

function permissionDifference({ requiredResourceAccess }: FoundApplication): string {
  const declared = new Set<string>(Object.values(delegatedScopes));
  const all = (requiredResourceAccess ?? []).flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.map(({ id, type }) => (resourceAppId === microsoftGraphAppId && type === "Scope" ? id : "")),
  );
  const missing = Object.entries(delegatedScopes).flatMap(([name, id]) => (all.includes(id) ? [] : [name]));
  const others = all.filter((id) => !declared.has(id)).length;
  const lacks = missing.length > 0 && `lacks ${missing.join(", ")}`;
  return [lacks, others > 0 && `has ${others} that the stack does not declare`].filter(Boolean).join(" and ");
}

/** Lists the properties that azuread would unset because the program does not declare them. Empty: there are none. */
function undeclaredProperties(application: FoundApplication): string {
  const { api, optionalClaims, publicClient, signInAudience } = application;
  const names = (of: z.infer<typeof claims>) => (of ?? []).map(({ name }) => name);
  const idTokenClaims = names(optionalClaims?.idToken).filter((name) => name !== "email");
  const properties: Record<string, string | number | null | undefined> = {
    "sign-in audience": signInAudience === "AzureADMyOrg" ? undefined : signInAudience,
    "web redirect URIs": listed(application.web?.redirectUris),
    "single-page redirect URIs": listed(application.spa?.redirectUris),
    "public client redirect URIs": listed(publicClient?.redirectUris?.filter((uri) => !loopback.test(uri))),
    "optional claims": listed([
      ...idTokenClaims,
      ...names(optionalClaims?.accessToken),
      ...names(optionalClaims?.saml2Token),
    ]),
    "group claims": application.groupMembershipClaims,
    "identifier URIs": listed(application.identifierUris),
    "app roles": application.appRoles?.length,
    "exposed permissions": api?.oauth2PermissionScopes?.length,
    "access token version": api?.requestedAccessTokenVersion === 1 ? undefined : api?.requestedAccessTokenVersion,
    "public client flows": application.isFallbackPublicClient === true ? "allowed" : undefined,
    description: application.description,
    notes: application.notes,
  };
  return Object.entries(properties)
    .flatMap(([name, value]) => (value ? [`${name} (${value})`] : []))
    .join("; ");
}

function listed(values: readonly string[] | null | undefined): string {
  return boundedList(values ?? []).join(", ");
}

const loopback = /^http:\/\/(127\.0\.0\.1|localhost)\b/;

/** Tests whether the setting `oidc.redirectUris` accepts a URI. */
function isLoopback(uri: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost)(:\d{1,5})?(\/\S*)?$/.test(uri);
}
