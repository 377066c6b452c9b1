import { boundedList } from "entra-mappings";
import { delegatedScopes } from "@smallstep-ssh/components";
import * as z from "zod";
import type { FoundApplication } from "./application";
import { assignmentImports, type Assignment, type FoundGroup } from "./groups";
import { differencesOf, entraImport, type Part } from "./part";

/** The service principal of the app registration. */
export const servicePrincipalSchema = z.object({
  id: z.string(),
  appRoleAssignmentRequired: z.boolean().nullish(),
  accountEnabled: z.boolean().nullish(),
});

/** Consent to delegated permissions. */
export const grantSchema = z.object({
  id: z.string(),
  clientId: z.string(),
  resourceId: z.string(),
  consentType: z.string(),
  scope: z.string().nullable(),
});

export type FoundServicePrincipal = z.infer<typeof servicePrincipalSchema> & {
  owners: string[];
  assignments: Assignment[];
  /** Consent to Microsoft Graph's delegated permissions. Undefined: the permission to read it is missing. */
  grants: Pick<z.infer<typeof grantSchema>, "id" | "consentType" | "scope">[] | undefined;
};

/** The role of an assignment to an application without roles. */
const defaultAccess = "00000000-0000-0000-0000-000000000000";

/** @param principal undefined: there is none, so users cannot sign in */
export function servicePrincipalPart(
  application: FoundApplication,
  principal: FoundServicePrincipal | undefined,
  groups: readonly FoundGroup[],
): Part {
  const about = `App registration ${application.displayName}`;
  if (principal === undefined) {
    const text = "It has no service principal, so users cannot sign in.";
    const differences = differencesOf(about, [["change", text, "creates it."]]);
    return { found: ["its service principal", "none"], imports: [], settings: {}, differences };
  }
  const { id, assignments, grants = [], owners } = principal;
  const assignmentRequired = principal.appRoleAssignmentRequired === true;
  const consent = grants.find(({ consentType, scope }) => consentType === "AllPrincipals" && isDeclaredConsent(scope));
  const names = (ids: readonly string[]) => boundedList([...ids].sort()).join(", ") || "none";
  return {
    found: ["its service principal", id],
    imports: [
      entraImport("oidc", "ServicePrincipal", `/servicePrincipals/${id}`),
      ...(assignmentRequired ? assignmentImports("oidc", id, assignments, groups, defaultAccess) : []),
      ...(consent === undefined
        ? []
        : [entraImport("oidc", "ServicePrincipalDelegatedPermissionGrant", `/oauth2PermissionGrants/${consent.id}`)]),
    ],
    settings: { oidc: { assignmentRequired, adminConsent: consent !== undefined } },
    differences: differencesOf(about, [
      application.owners.length > 0 &&
        names(owners) !== names(application.owners) && [
          "change",
          `The owners of its service principal (${names(owners)}) differ from its own (${names(application.owners)}).`,
          "sets the owners of the app registration on both.",
        ],
      principal.accountEnabled === false && ["change", "Sign-in to it is disabled.", "enables it."],
      consent === undefined &&
        grants.length > 0 && [
          "note",
          "It has consent that differs from consent to openid, email and profile for all users.",
          "leaves the consent unchanged. It is not part of the stack.",
        ],
    ]),
  };
}

/** Tests whether a scope is exactly the stack's set of permissions. Consent to another set stays unchanged. */
function isDeclaredConsent(scope: string | null): boolean {
  const given = (scope ?? "").split(" ").filter((one) => one !== "");
  return given.sort().join() === Object.keys(delegatedScopes).sort().join();
}
