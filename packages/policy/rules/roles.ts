import { list, type Resource } from "../resource";
import type { StackRule } from "../rule";

const zero = "00000000-0000-0000-0000-000000000000";
const typeOf = {
  assignment: "azuread:index/appRoleAssignment:AppRoleAssignment",
  fromTemplate: "azuread:index/applicationFromTemplate:ApplicationFromTemplate",
  servicePrincipal: "azuread:index/servicePrincipal:ServicePrincipal",
  application: "azuread:index/application:Application",
};

/**
 * The zero id means "Default Access". It is correct only for an application that declares no roles, such as the OIDC app.
 * The enterprise application has the role `User`, and its provisioning skips users who are assigned with the zero id.
 */
export const noDefaultAccessBesideRoles: StackRule = {
  name: "no-default-access-role",
  description:
    "The zero role id (Default Access) is assigned only on applications of this stack that declare no roles.",
  level: "mandatory",
  checkStack(resources) {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    return resources
      .filter(({ type, props }) => type === typeOf.assignment && props["appRoleId"] === zero)
      .filter((assignment) => !isWithoutRoles(assignment, byUrn))
      .map(({ urn }) => ({
        urn,
        message:
          `appRoleId is ${zero}, but the application declares roles or does not belong to this stack. Assign one of its roles ` +
          "(User for provisioning).",
      }));
  },
};

/** Returns whether the assignment's application belongs to this stack and declares no roles. */
function isWithoutRoles(assignment: Resource, byUrn: ReadonlyMap<string, Resource>): boolean {
  const origins = follow(assignment, "resourceObjectId", byUrn);
  if (origins.some(({ type }) => type === typeOf.fromTemplate)) return false;
  const principal = origins.find(({ type }) => type === typeOf.servicePrincipal);
  if (principal === undefined) return false;
  const application = follow(principal, "clientId", byUrn).find(({ type }) => type === typeOf.application);
  return application !== undefined && list(application.props["appRoles"]).length === 0;
}

function follow(resource: Resource, property: string, byUrn: ReadonlyMap<string, Resource>): Resource[] {
  return (resource.comesFrom[property] ?? []).flatMap((urn) => byUrn.get(urn) ?? []);
}
