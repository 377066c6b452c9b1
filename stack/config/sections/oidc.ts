import * as z from "zod";
import { domain, flag, guid, listenAddress, redirectUri, text, utcInstant, wholeNumber } from "../fields";

export const oidc = z
  .strictObject({
    displayName: text("the display name of the app registration")
      .default("Smallstep SSH")
      .describe("Display name of the app registration."),
    redirectUris: z
      .array(redirectUri, { error: "must be a list of redirect URIs" })
      .min(1, { error: "is empty; list at least one redirect URI" })
      .default(["http://127.0.0.1"])
      .describe("Redirect URIs of the public client. Loopback only, because `step` listens there."),
    emailDomains: z
      .array(domain, { error: "must be a list of email domains" })
      .min(1, { error: "is empty; list at least one email domain" })
      .describe("Email domains whose users may log in. Required."),
    owners: z
      .array(guid("the object id of an owner"), { error: "must be a list of object ids" })
      .min(1, { error: "is empty; list at least one object id, or remove the setting" })
      .optional()
      .describe(
        "Object ids of the owners of the app registration and its service principal. Default: the deploying identity.",
      ),
    emailClaim: flag.default(true).describe("Whether ID tokens contain the optional `email` claim."),
    assignmentRequired: flag.default(false).describe("Whether only members of the groups may sign in to the app."),
    adminConsent: flag
      .default(false)
      .describe(
        "Whether to consent to openid, email and profile for all users. Needs DelegatedPermissionGrant.ReadWrite.All.",
      ),
    clientSecretVersion: wholeNumber(1, 1_000_000)
      .default(1)
      .describe(
        "Version of the client secret. Increase it by one to create and register a new secret. The previous secret stays valid until the next increase.",
      ),
    clientSecretEndDate: utcInstant
      .default("2299-12-31T00:00:00Z")
      .describe(
        "End date (UTC) of client secrets created from now on. As in the quickstart, the default never expires, because the CA publishes the secret anyway.",
      ),
    clientSecret: text("the value of a client secret", 4096)
      .optional()
      .describe(
        "An existing client secret (secret), which the stack uses unchanged. Set `clientSecretEndDate` to its end date for the warnings. Default: the stack creates one.",
      ),
    provisionerName: text("the name of the provisioner at the CA", 64)
      .default("azuread")
      .describe("Name of the OIDC provisioner at the CA."),
    listenAddress: listenAddress
      .default("127.0.0.1:10000")
      .describe("Address where `step` listens for the response of the browser. `any`: a free port."),
  })
  .describe("Step 2: the app registration that users sign in to.");
