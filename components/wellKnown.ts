/** Application id of Microsoft Graph. The same in every tenant. */
export const microsoftGraphAppId = "00000003-0000-0000-c000-000000000000";

/**
 * Ids of the delegated permissions that sign-in requires. The same in every tenant
 * (learn.microsoft.com/graph/permissions-reference).
 */
export const delegatedScopes = {
  email: "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0",
  openid: "37f7f235-527c-4136-accd-4a02d197296e",
  profile: "14dad69e-099b-42c9-810b-d002981feec1",
} as const;

/** Id of Entra's template for non-gallery applications. The same in every tenant. */
export const nonGalleryTemplate = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

/** The role of an assignment to an app that declares no roles: "Default Access" in the portal. */
export const defaultAccessRole = "00000000-0000-0000-0000-000000000000";

/** Defaults of the components and of the configuration: those of Smallstep's "On-prem Azure AD Quickstart". */
export const defaults = {
  redirectUris: ["http://127.0.0.1"],
  deletionThreshold: 500,
  updateVerb: "update",
  minimumUsers: 1,
  /** A first provisioning cycle can take more than 40 minutes. */
  waitMinutes: 120,
  nodeImage: "docker.io/library/node:24-alpine",
  /** User id of the Job's containers: an arbitrary one other than root's, because they write to no file of their images. */
  user: 65532,
  database: { port: 5432, name: "folk", sslmode: "verify-full" },
} as const;
