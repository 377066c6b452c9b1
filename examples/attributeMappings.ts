/** Declares the attribute mappings only, for an existing provisioning job. @pulumi/azuread has no resource for them. */
import * as pulumi from "@pulumi/pulumi";
import { entra } from "@smallstep-ssh/usersync";

export = () => {
  const mappings = new entra.AttributeMappings("mappings", {
    jobId: new pulumi.Config().require("jobId"),
    // Keep mappings that are not listed here.
    exclusive: false,
    mappings: {
      userName: {
        expression: 'ToLower(NormalizeDiacritics(Word([userPrincipalName], "1", "@")))',
        matchingPriority: 1,
      },
      nickName: { source: "mailNickname", flowType: "ObjectAddOnly" },
    },
  });
  return { schemaVersion: mappings.schemaVersion };
};
