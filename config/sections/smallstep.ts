import * as z from "zod";
import { certificates } from "../certificates";
import { hostname, httpsUrl, teamSlug, text } from "../fields";
import { quote } from "../quote";

export const smallstep = z
  .strictObject({
    teamSlug: teamSlug.describe("Slug of the team whose directory is switched. Required."),
    apiHost: hostname("the host of Smallstep's API").describe(
      "Host of Smallstep's API, for the team URL of `step ssh config`. Required.",
    ),
    authorityId: text("the id of the team's SSH authority", 256).describe(
      "Id of the team's SSH authority, for `manage-provisioners --authority`. Required.",
    ),
    caUrl: httpsUrl("the address of the team's SSH CA").describe(
      "Address of the SSH CA, whose `/provisioners` is read. Required.",
    ),
    updateVerb: text("a verb of manage-provisioners", 64)
      .regex(/^[a-z][a-z-]*$/, {
        error: (issue) => `${quote(issue.input)} is not a verb of manage-provisioners (small letters and -)`,
      })
      .default("update")
      .describe(
        "Verb of `manage-provisioners` that changes a provisioner in place, for a new client secret: not documented by Smallstep, " +
          "so an assumption.",
      ),
    caRootCert: certificates("the PEM of the root that vouches for the CA and the SCIM server")
      .optional()
      .describe("PEM of the root that vouches for the CA and the SCIM server. Default: the public roots."),
  })
  .describe("The Smallstep installation.");
