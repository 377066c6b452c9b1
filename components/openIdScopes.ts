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
