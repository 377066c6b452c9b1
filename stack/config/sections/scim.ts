import * as z from "zod";
import { bearerToken, emailAddress, guid, httpsUrl, text, wholeNumber } from "../fields";

export const scim = z
  .strictObject({
    displayName: text("the display name of the enterprise app")
      .default("smallstep-usersync")
      .describe("Display name of the enterprise application."),
    baseUrl: httpsUrl("the address of Smallstep's SCIM server, before the directory id").describe(
      "Address of the installation's SCIM server. The tenant URL is `<baseUrl>/<directoryId>/v2`. Required.",
    ),
    directoryId: guid("the id of the directory created in Smallstep's UI").describe(
      "Id of the directory created in Smallstep's UI. Required.",
    ),
    token: bearerToken("the directory's SCIM token")
      .optional()
      .describe("SCIM token of the directory (secret). Default: the token read from `folk`."),
    deletionThreshold: wholeNumber(1, 1_000_000)
      .default(500)
      .describe(
        "Accidental-deletion prevention: Entra holds a cycle that would delete or disable more users and groups than this. A threshold " +
          "above the number of provisioned users has no effect.",
      ),
    notificationEmail: emailAddress("the address for quarantine notifications")
      .optional()
      .describe("Address that Entra notifies when the synchronization job enters quarantine. Default: none."),
  })
  .describe("Step 4: the enterprise application that provisions users.");
