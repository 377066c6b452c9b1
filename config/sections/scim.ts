import * as z from "zod";
import { bearerToken, emailAddress, guid, httpsUrl, text, wholeNumber } from "../fields";

export const scim = z
  .strictObject({
    displayName: text("the display name of the enterprise app")
      .default("smallstep-usersync")
      .describe("Display name of the enterprise application."),
    baseUrl: httpsUrl("the address of Smallstep's SCIM server, before the directory id").describe(
      "SCIM server of the installation; the tenant URL is `<baseUrl>/<directoryId>/v2`. Required.",
    ),
    directoryId: guid("the id of the directory made in Smallstep's UI").describe(
      "Directory made in Smallstep's UI. Required.",
    ),
    token: bearerToken("the directory's SCIM token")
      .optional()
      .describe("SCIM token (secret). Default: read from `folk`."),
    deletionThreshold: wholeNumber(1, 1_000_000)
      .default(500)
      .describe(
        "Accidental-deletion prevention: Entra holds a cycle that would delete or disable more users and groups than this. A number " +
          "above that of the people provisioned holds nothing.",
      ),
    notificationEmail: emailAddress("the address of who is told of a quarantine")
      .optional()
      .describe("Who Entra mails when the job goes into quarantine. Default: nobody."),
  })
  .describe("Step 4: the enterprise application that provisions users.");
