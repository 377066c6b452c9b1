import * as z from "zod";
import { domain, flag, guid, listenAddress, redirectUri, text, utcInstant, wholeNumber } from "../fields";

export const oidc = z
  .strictObject({
    displayName: text("the display name of the app registration")
      .default("Smallstep SSH")
      .describe("Display name of the app registration."),
    redirectUris: z
      .array(redirectUri, { error: "must be a list of redirect URIs" })
      .min(1, { error: "is empty; give at least one redirect URI" })
      .default(["http://127.0.0.1"])
      .describe("Redirect URIs of the public client; `step` listens on loopback."),
    emailDomains: z
      .array(domain, { error: "must be a list of email domains" })
      .min(1, { error: "is empty; give at least one email domain" })
      .describe("Email domains whose users may log in. Required."),
    owners: z
      .array(guid("the object id of an owner"), { error: "must be a list of object ids" })
      .min(1, { error: "is empty; give at least one object id, or leave the setting out" })
      .optional()
      .describe(
        "Object ids of the owners of the app registration and its service principal. Default: the identity that deploys.",
      ),
    emailClaim: flag.default(true).describe("Ask for the optional `email` claim in ID tokens."),
    assignmentRequired: flag.default(false).describe("Let only members of the groups sign in to the app."),
    adminConsent: flag
      .default(false)
      .describe("Consent to openid, email and profile for everybody; needs DelegatedPermissionGrant.ReadWrite.All."),
    clientSecretVersion: wholeNumber(1, 1_000_000)
      .default(1)
      .describe(
        "Raised by one, a new client secret is made and registered; the one before stays valid until the next time.",
      ),
    clientSecretEndDate: utcInstant
      .default("2299-12-31T00:00:00Z")
      .describe(
        "When client secrets end (UTC) that are made from now on. The quickstart's never expires, as the CA publishes it anyway.",
      ),
    clientSecret: text("the value of a client secret", 4096)
      .optional()
      .describe(
        "An existing client secret (secret), kept as it is: `clientSecretEndDate` then says when it ends, and changes nothing. Default: the stack makes one.",
      ),
    provisionerName: text("the name of the provisioner at the CA", 64)
      .default("azuread")
      .describe("Name of the OIDC provisioner at the CA."),
    listenAddress: listenAddress
      .default("127.0.0.1:10000")
      .describe("Where `step` listens for the browser's answer; `any`: a port that is free."),
  })
  .describe("Step 2: the app registration with which people sign in.");
