/** Declares sign-in only: an app registration that one group may use, for a CA that is configured elsewhere. */
import * as azuread from "@pulumi/azuread";
import { OidcApplication } from "@smallstep-ssh/components";

export = () => {
  const owner = azuread.getClientConfigOutput().objectId;
  const engineers = azuread.getGroupOutput({ displayName: "engineers", securityEnabled: true });
  const oidc = new OidcApplication("ssh", {
    displayName: "SSH",
    owners: [owner],
    clientSecretEndDate: "2028-01-31T00:00:00Z",
    assignedGroups: [{ key: "engineers", objectId: engineers.objectId }],
  });
  return { clientId: oidc.clientId, clientSecret: oidc.clientSecret };
};
