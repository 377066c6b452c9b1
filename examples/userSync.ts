/** Declares provisioning only. The target can be any SCIM 2.0 service, with its own attribute mappings. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { UserProvisioning } from "@smallstep-ssh/components";
import { presets } from "entra-mappings";

export = () => {
  const engineers = azuread.getGroupOutput({ displayName: "engineers", securityEnabled: true });
  const sync = new UserProvisioning("usersync", {
    displayName: "usersync",
    groups: [{ key: "engineers", objectId: engineers.objectId }],
    tenantUrl: "https://scim.example.com/1f3c1c4e-0e0b-4a55-8f0e-1d7e4a1b2c3d/v2",
    token: new pulumi.Config().requireSecret("scimToken"),
    mapping: {
      userName: presets["initial-surname"].expression,
      email: "mail-or-upn",
      additionalMappings: { title: { source: "jobTitle" } },
    },
    deletionThreshold: 50,
  });
  return { jobId: sync.jobId, status: sync.status, quarantine: sync.quarantine };
};
