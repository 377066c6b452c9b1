import type { Call, Endpoint } from "../http/endpoint";
import { badRequest, created, notFound } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import { objectBody } from "../odata/references";
import { newApplication } from "../state/newApplication";
import { newServicePrincipal } from "../state/newServicePrincipal";
import type { AppRole, Entity } from "../state/types";
import { msiamAccessRoleId, nonGalleryTemplateId, userRoleId } from "../state/wellKnown";

const read = [
  "Application.Read.All",
  "Application.ReadWrite.All",
  "Application.ReadWrite.OwnedBy",
  "Directory.Read.All",
];

const templates: Entity[] = [
  {
    id: nonGalleryTemplateId,
    displayName: "Custom",
    homePageUrl: null,
    supportedSingleSignOnModes: ["password", "saml", "external"],
    supportedProvisioningTypes: ["sync"],
    logoUrl: "https://az495088.vo.msecnd.net/app-logo/nonGallery_215.png",
    categories: [],
    publisher: "Microsoft",
    description: null,
  },
];

/** Initial app roles of an application created from the non-gallery template. */
const templateRoles: AppRole[] = [
  { id: userRoleId, displayName: "User", description: "User" },
  { id: msiamAccessRoleId, displayName: "msiam_access", description: "msiam_access" },
].map((role) => ({ ...role, allowedMemberTypes: ["User"], isEnabled: true, origin: "Application", value: null }));

export const templateEndpoints: Endpoint[] = [
  {
    method: "GET",
    path: "/applicationTemplates",
    permissions: read,
    handle: (call) => listReply(call, "applicationTemplates", templates),
  },
  {
    method: "GET",
    path: "/applicationTemplates/:id",
    permissions: read,
    handle: (call) => entityReply(call, "applicationTemplates", template(call)),
  },
  {
    method: "POST",
    path: "/applicationTemplates/:id/instantiate",
    permissions: ["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
    handle: instantiate,
  },
];

function template(call: Call): Entity {
  const found = templates.find((one) => one.id === call.params["id"]?.toLowerCase());
  if (!found) throw notFound(call.params["id"] ?? "");
  return found;
}

function instantiate(call: Call) {
  const { id } = template(call);
  const displayName = objectBody(call.body)["displayName"];
  if (typeof displayName !== "string" || displayName === "") {
    throw badRequest("A value is required for property 'displayName'.");
  }
  const application = newApplication({
    displayName,
    applicationTemplateId: id,
    appRoles: templateRoles.map((role) => ({ ...role })),
    api: {
      oauth2PermissionScopes: [
        {
          adminConsentDescription: `Allow the application to access ${displayName} on behalf of the signed-in user.`,
          adminConsentDisplayName: `Access ${displayName}`,
          id: "a0c1b7a2-6e0e-4a54-9f3f-5f1c3c6b0a11",
          isEnabled: true,
          type: "User",
          userConsentDescription: `Allow the application to access ${displayName} on your behalf.`,
          userConsentDisplayName: `Access ${displayName}`,
          value: "user_impersonation",
        },
      ],
    },
    web: {
      homePageUrl:
        "https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=customappsso|ISV9.1|primary|z",
    },
  });
  const principal = newServicePrincipal(application, call.state.tenantId, {
    appRoleAssignmentRequired: true,
    homepage: (application["web"] as Record<string, unknown>)["homePageUrl"],
    tags: ["WindowsAzureActiveDirectoryCustomSingleSignOnApplication", "WindowsAzureActiveDirectoryIntegratedApp"],
  });
  call.state.add("application", application);
  call.state.add("servicePrincipal", principal);
  for (const owned of [application.id, principal.id]) call.state.owners.add(owned, call.caller.objectId);
  return created({
    "@odata.context": `${call.root}/${call.version}/$metadata#microsoft.graph.applicationServicePrincipal`,
    application,
    servicePrincipal: principal,
  });
}
