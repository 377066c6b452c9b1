/** Only the mappings, of a provisioning job that somebody else made: what @pulumi/azuread has no resource for. */
import * as pulumi from "@pulumi/pulumi";
import { entra } from "../provider/sdk";

export = () => {
  const mappings = new entra.AttributeMappings("mappings", {
    jobId: new pulumi.Config().require("jobId"),
    // Leaves alone what it does not name.
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
