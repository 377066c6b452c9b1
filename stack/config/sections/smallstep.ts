import * as z from "zod";
import { certificates } from "../certificates";
import { hostname, httpsUrl, teamSlug, text } from "../fields";
import { quote } from "../quote";

export const smallstep = z
  .strictObject({
    teamSlug: teamSlug.describe("Slug of the Smallstep team that the Job switches to the directory. Required."),
    apiHost: hostname("the host of Smallstep's API").describe(
      "Host name of Smallstep's API, for the team URL of `step ssh config`. Required.",
    ),
    authorityId: text("the id of the team's SSH authority", 256).describe(
      "Id of the team's SSH authority, for `manage-provisioners --authority`. Required.",
    ),
    caUrl: httpsUrl("the address of the team's SSH CA").describe(
      "Address of the team's SSH CA. The stack reads its `/provisioners`. Required.",
    ),
    updateVerb: text("a verb of manage-provisioners", 64)
      .regex(/^[a-z][a-z-]*$/, {
        error: (issue) => `${quote(issue.input)} is not a verb of manage-provisioners (lowercase letters and -)`,
      })
      .default("update")
      .describe(
        "Verb of `manage-provisioners` that updates an existing provisioner, for example with a new client secret. The default is an " +
          "assumption: Smallstep documents only `add`.",
      ),
    caRootCert: certificates("the PEM root certificate of the CA and the SCIM server")
      .optional()
      .describe("PEM root certificate of the CA and the SCIM server. Default: the public roots."),
  })
  .describe("The Smallstep installation.");
