import { route, type Call, type Endpoint } from "../http/endpoint";
import { badRequest, notFound } from "../http/reply";
import { objectBody } from "../odata/body";
import { context, entityReply, listReply } from "../odata/query";
import { newServicePrincipal, create } from "../state/objects";
import type { Entity } from "../state/types";
import { msiamAccessRoleId, nonGalleryTemplateId, userRoleId } from "../state/wellKnown";
import { readApplications } from "./applications";

const template: Entity = {
  id: nonGalleryTemplateId,
  displayName: "Custom",
  homePageUrl: null,
  supportedSingleSignOnModes: ["password", "saml", "external"],
  supportedProvisioningTypes: ["sync"],
  logoUrl: "https://az495088.vo.msecnd.net/app-logo/nonGallery_215.png",
  categories: [],
  publisher: "Microsoft",
  description: null,
};

/** Initial app roles of an application created from the non-gallery template. */
const templateRoles = [
  { id: userRoleId, displayName: "User", description: "User" },
  { id: msiamAccessRoleId, displayName: "msiam_access", description: "msiam_access" },
].map((role) => ({ ...role, allowedMemberTypes: ["User"] }));

const homePageUrl =
  "https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=customappsso|ISV9.1|primary|z";

export const templateEndpoints: Endpoint[] = [
  route("GET /applicationTemplates", readApplications, (call) => listReply(call, "applicationTemplates", [template])),
  route("GET /applicationTemplates/:id", readApplications, (call) => {
    checkId(call);
    return entityReply(call, "applicationTemplates", template);
  }),
  route(
    "POST /applicationTemplates/:id/instantiate",
    ["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
    instantiate,
  ),
];

function checkId(call: Call): void {
  if (call.param("id").toLowerCase() !== nonGalleryTemplateId) throw notFound(call.param("id"));
}

function instantiate(call: Call) {
  checkId(call);
  const { displayName } = objectBody(call.body);
  if (typeof displayName !== "string" || displayName === "") {
    throw badRequest("A value is required for property 'displayName'.");
  }
  const scope = {
    adminConsentDescription: `Allow the application to access ${displayName} on behalf of the signed-in user.`,
    adminConsentDisplayName: `Access ${displayName}`,
    id: "a0c1b7a2-6e0e-4a54-9f3f-5f1c3c6b0a11",
    isEnabled: true,
    type: "User",
    userConsentDescription: `Allow the application to access ${displayName} on your behalf.`,
    userConsentDisplayName: `Access ${displayName}`,
    value: "user_impersonation",
  };
  const application = create("application", {
    displayName,
    applicationTemplateId: nonGalleryTemplateId,
    appRoles: templateRoles,
    api: { oauth2PermissionScopes: [scope] },
    web: { homePageUrl },
  });
  const servicePrincipal = newServicePrincipal(application, call.state.tenantId, {
    appRoleAssignmentRequired: true,
    homepage: homePageUrl,
    tags: ["WindowsAzureActiveDirectoryCustomSingleSignOnApplication", "WindowsAzureActiveDirectoryIntegratedApp"],
  });
  call.state.add("application", application);
  call.state.add("servicePrincipal", servicePrincipal);
  for (const { id } of [application, servicePrincipal]) call.state.owners.add(id, call.caller.objectId);
  const body = { ...context(call, "microsoft.graph.applicationServicePrincipal"), application, servicePrincipal };
  return { status: 201, body };
}
