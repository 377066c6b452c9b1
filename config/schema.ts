import { z } from "zod";
import { whyNotInClear } from "../provider/folk/settings";
import { certificates } from "./certificates";
import {
  bearerToken,
  choice,
  columnName,
  databaseName,
  dnsLabel,
  domain,
  emailAddress,
  flag,
  guid,
  hostname,
  httpsUrl,
  imageReference,
  listenAddress,
  redirectUri,
  teamSlug,
  text,
  utcInstant,
  wholeNumber,
} from "./fields";
import { mappingSettings } from "./mapping";

/**
 * The whole configuration of a stack. Each key's description is what the reference in the documentation is made of.
 * Defaults are those of Smallstep's "On-prem Azure AD Quickstart". Objects are strict: an unknown key is an error.
 */

const group = z.union(
  [
    z.strictObject({ create: text("the display name of a new group") }),
    z.strictObject({ adopt: text("the display name of an existing group") }),
    z.strictObject({ adoptId: guid("the object id of an existing group") }),
  ],
  {
    error:
      'must be one of { "create": "display name" }, { "adopt": "display name" }, { "adoptId": "object id" }, each with one line of text',
  },
);

const oidc = z
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
    emailClaim: flag.default(true).describe("Ask for the optional `email` claim in ID tokens."),
    assignmentRequired: flag.default(false).describe("Let only members of the groups sign in to the app."),
    adminConsent: flag
      .default(false)
      .describe("Consent to openid, email and profile for everybody; needs DelegatedPermissionGrant.ReadWrite.All."),
    secretExpires: utcInstant
      .default("2299-12-31T00:00:00Z")
      .describe(
        "When the client secret ends (UTC). The quickstart's never expires, as the CA publishes it anyway. A change makes a new secret.",
      ),
    provisionerName: text("the name of the provisioner at the CA", 64)
      .default("azuread")
      .describe("Name of the OIDC provisioner at the CA."),
    listenAddress: listenAddress.default("127.0.0.1:10000").describe("Where `step` listens for the browser's answer."),
  })
  .describe("Step 2: the app registration with which people sign in.");

const scim = z
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
      .describe("Accidental-deletion prevention: a cycle that would delete or disable more users than this is held."),
    notificationEmail: emailAddress("the address of who is told of a quarantine")
      .optional()
      .describe("Who Entra mails when the job goes into quarantine. Default: nobody."),
  })
  .describe("Step 4: the enterprise application that provisions users.");

const smallstep = z
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
    caRootCert: certificates("the PEM of the root that vouches for the CA and the SCIM server")
      .optional()
      .describe("PEM of the root that vouches for the CA and the SCIM server. Default: the public roots."),
  })
  .describe("The Smallstep installation.");

const kubernetes = z
  .strictObject({
    namespace: dnsLabel("the namespace of the Job")
      .default("smallstep")
      .describe("Existing namespace in which the Job runs."),
    adminToolsImage: imageReference("the admin-tools image").describe(
      "Image with `manage-provisioners` and a shell, as deployed in the installation. Required.",
    ),
    runnerImage: imageReference("a Node.js image")
      .default("docker.io/library/node:22-alpine")
      .describe("Node.js image for the Job's other steps."),
  })
  .describe("Where the registration Job runs.");

const folk = z
  .strictObject({
    host: hostname("the host of the folk database").describe("Host of the PostgreSQL server. Required."),
    port: wholeNumber(1, 65535).default(5432).describe("Its port."),
    database: databaseName("the name of the database").default("folk").describe("Its database."),
    username: databaseName("the role that deploys").describe(
      "Role that may read `teams` and `scim_logins` and create the Job's role. Required.",
    ),
    password: text("the role's password", 1024).describe("Its password (secret). Required."),
    sslmode: choice(["disable", "require", "verify-ca", "verify-full"])
      .default("verify-full")
      .describe("As libpq's `sslmode`; `disable` on loopback only."),
    sslRootCert: text("the path of a PEM file", 4096)
      .optional()
      .describe("PEM file of the root that vouches for the server. Default: the system's."),
    directoryColumn: columnName("a column of scim_logins")
      .default("directory_id")
      .describe("Column of `scim_logins` with the directory's id: not documented by Smallstep, so an assumption."),
    jobHost: hostname("the host of folk as the cluster sees it")
      .optional()
      .describe("Host of the database as the cluster sees it. Default: `host`."),
    jobPort: wholeNumber(1, 65535).optional().describe("Port of the database as the cluster sees it. Default: `port`."),
  })
  .superRefine(({ sslmode, host, jobHost }, context) => {
    const why = whyNotInClear(sslmode, host) ?? whyNotInClear(sslmode, jobHost ?? host);
    if (why !== undefined) context.addIssue({ code: "custom", path: ["sslmode"], message: why });
  })
  .describe("The installation's `folk` database.");

const cutOver = z
  .strictObject({
    minimumUsers: wholeNumber(1, 10_000_000)
      .default(1)
      .describe(
        "Users that the SCIM directory must hold before the team is switched: never 0, or everybody is locked out.",
      ),
    waitForUsersMinutes: wholeNumber(1, 10_080)
      .default(120)
      .describe("How long the Job waits for them; a first cycle can take 40 minutes and more."),
    waitForJob: flag.default(false).describe("Whether `pulumi up` waits for the Job."),
    onDestroy: choice(["keep", "restore"])
      .default("keep")
      .describe("What `pulumi destroy` does with the team's row: leave it, or put back what it was."),
  })
  .describe("Step 7: switching the team to the directory.");

const checks = z
  .strictObject({
    usernames: choice(["error", "warn", "off"])
      .default("warn")
      .describe("What name collisions, invalid names and people who cannot log in are."),
    connections: choice(["error", "warn", "off"])
      .default("error")
      .describe(
        "What it is when Graph, `folk` or the SCIM server cannot be used from here; `off` for a preview runner that cannot reach them.",
      ),
  })
  .describe("What is checked before anything is changed.");

export const settingsSchema = z.strictObject({
  tenantId: guid("the id of the Entra tenant").describe("The Entra tenant (directory id). Required."),
  groups: z
    .array(group, { error: "must be a list of groups" })
    .min(1, { error: 'is empty; give at least one group, e.g. [{ "create": "ssh" }, { "create": "sudo" }]' })
    .default([{ create: "ssh" }, { create: "sudo" }])
    .describe("Step 1: the groups whose members get accounts, created or adopted."),
  oidc,
  scim,
  mapping: mappingSettings,
  smallstep,
  kubernetes,
  folk,
  cutOver: cutOver.prefault({}),
  checks: checks.prefault({}),
});

/** The sections that each of several teams may say for itself; the others are of the whole stack. */
export const teamSections = ["groups", "oidc", "scim", "mapping", "smallstep", "kubernetes", "cutOver"] as const;

/** The settings of a stack: those of its team, or of several, each of which says what is different for it. */
export const stackSchema = settingsSchema.extend({
  teams: z
    .record(z.string(), z.object({}).catchall(z.unknown()))
    .optional()
    .describe(
      `Several teams in one stack, by key: each says what is different for it in ${teamSections.join(", ")}; the rest is as at the top ` +
        "level. The team `default` has the names of a stack with one team.",
    ),
});

/** The checked configuration of one team, defaults filled in. */
export type Settings = z.infer<typeof settingsSchema>;
export type GroupSettings = Settings["groups"][number];

/** Settings that are secret, as paths; a team's `scim.token` is too. */
export const secretSettings = ["scim.token", "folk.password"] as const;

/** Whether the setting at a path such as `teams.blue.scim.token` is secret. */
export function isSecretSetting(path: string): boolean {
  const own = path.replace(/^teams\.[^.]+\./, "");
  return secretSettings.some((name) => name === own);
}
