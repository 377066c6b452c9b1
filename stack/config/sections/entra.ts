import * as z from "zod";
import { defaults, type emailExpressions } from "@smallstep-ssh/components";
import { ExpressionError, parse, presets, type PresetName } from "entra-mappings";
import {
  bearerToken,
  choice,
  domain,
  emailAddress,
  flag,
  guid,
  httpsUrl,
  list,
  listenAddress,
  redirectUri,
  text,
  utcInstant,
  wholeNumber,
} from "../fields";

const group = z.union(
  [
    z.strictObject({ create: text("the display name of a new group") }),
    z.strictObject({
      existing: z.union([
        z.strictObject({ displayName: text("the display name of an existing group") }),
        z.strictObject({ objectId: guid("the object id of an existing group") }),
      ]),
    }),
  ],
  {
    error:
      'must be one of { "create": "display name" }, { "existing": { "displayName": "display name" } }, { "existing": { "objectId": "object id" } }, each with one line of text',
  },
);

export const groups = list(group, "groups")
  .min(1, { error: 'is empty; list at least one group, e.g. [{ "create": "ssh" }, { "create": "sudo" }]' })
  .default([{ create: "ssh" }, { create: "sudo" }])
  .describe(
    "Step 1: the groups whose direct members get accounts. The stack creates a group, or uses an existing one.",
  );

export const oidc = z
  .strictObject({
    displayName: text("the display name of the app registration")
      .default("Smallstep SSH")
      .describe("Display name of the app registration."),
    redirectUris: list(redirectUri, "redirect URIs")
      .min(1, { error: "is empty; list at least one redirect URI" })
      .default([...defaults.redirectUris])
      .describe("Redirect URIs of the public client. Loopback only, because `step` listens there."),
    emailDomains: list(domain, "email domains")
      .min(1, { error: "is empty; list at least one email domain" })
      .describe("Email domains whose users may log in. Required."),
    owners: list(guid("the object id of an owner"), "object ids")
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
      )
      .meta({ secret: true }),
    provisionerName: text("the name of the provisioner at the CA", 64)
      .default("azuread")
      .describe("Name of the OIDC provisioner at the CA."),
    listenAddress: listenAddress
      .default("127.0.0.1:10000")
      .describe("Address where `step` listens for the response of the browser. `any`: a free port."),
  })
  .describe("Step 2: the app registration that users sign in to.");

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
      .describe("SCIM token of the directory (secret). Default: the token read from `folk`.")
      .meta({ secret: true }),
    deletionThreshold: wholeNumber(1, 1_000_000)
      .default(defaults.deletionThreshold)
      .describe(
        "Accidental-deletion prevention: Entra holds a cycle that would delete or disable more users and groups than this. A threshold " +
          "above the number of provisioned users has no effect.",
      ),
    notificationEmail: emailAddress("the address for quarantine notifications")
      .optional()
      .describe("Address that Entra notifies when the synchronization job enters quarantine. Default: none."),
  })
  .describe("Step 4: the enterprise application that provisions users.");

const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

/** An expression of Entra's mapping language. Rejects an invalid expression with the position and the reason. */
const expression = text("an attribute mapping expression", 10_000).superRefine((value, context) => {
  try {
    parse(value);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    context.addIssue({
      code: "custom",
      message: `does not parse at character ${error.position + 1}: ${error.message}`,
    });
  }
});

const additionalMapping = z
  .strictObject({
    source: text("a source attribute", 256).optional(),
    expression: expression.optional(),
    constant: text("a fixed value", 4096).optional(),
    flowType: choice(["Always", "ObjectAddOnly"]).optional(),
    default: text("the value when the source has none", 4096).optional(),
    matchingPriority: wholeNumber(2, 100).optional(),
  })
  .refine(
    ({ source, expression, constant, default: fallback }) => {
      const sources = [source, expression, constant].filter((value) => value !== undefined);
      return sources.length === 1 || (sources.length === 0 && fallback !== undefined);
    },
    { error: "must have exactly one of source, expression and constant, or only default" },
  );

export const mapping = z
  .strictObject({
    preset: choice(presetNames)
      .optional()
      .describe(
        "Format of user names: `upn-local-part` (default), `initial-surname` (bgates) or `local-part-without-dots` (billgates).",
      ),
    expression: expression.optional().describe("A custom expression for `userName`, instead of a preset."),
    email: choice(["mail", "mail-or-upn"] satisfies (keyof typeof emailExpressions)[])
      .default("mail")
      .describe("Source of the email: `mail`, or `mail-or-upn`, which uses the UPN of users without mail."),
    additionalMappings: z
      .record(text("a target attribute"), additionalMapping, {
        error: "must be an object of mappings by target attribute",
      })
      .default({})
      .describe(
        "Additional mappings by target attribute. Each has exactly one of source, expression and constant, and may have flowType, default and " +
          "matchingPriority. A mapping with only default writes a fixed value on creation (the portal's mapping type None).",
      ),
  })
  .refine(({ preset, expression }) => preset === undefined || expression === undefined, {
    error: `has both preset and expression; set only one of them (presets: ${presetNames.join(", ")})`,
  })
  .prefault({})
  .describe("Step 4.4: the attribute mappings.");

/** Returns the expression for `userName`. */
export function userNameExpression({ expression, preset = "upn-local-part" }: z.infer<typeof mapping>): string {
  return expression ?? presets[preset].expression;
}
