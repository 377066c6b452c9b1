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
import { quote } from "./quote";

/**
 * The whole configuration of a stack. Each key's description is what the reference in the documentation is made of.
 * Defaults are those of Smallstep's "On-prem Azure AD Quickstart". Objects are strict: an unknown key is an error.
 */

const group = z.union(
  [
    z.strictObject({ create: text("the display name of a new group") }),
    z.strictObject({
      adopt: text("the display name of an existing group").refine((name) => !name.includes("'"), {
        error: "holds an apostrophe, which the azuread provider cannot look up; give the group's id as adoptId",
      }),
    }),
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
    secretVersion: wholeNumber(1, 1_000_000)
      .default(1)
      .describe(
        "Raised by one, a new client secret is made and registered; the one before stays valid until the next time.",
      ),
    secretExpires: utcInstant
      .default("2299-12-31T00:00:00Z")
      .describe(
        "When client secrets end (UTC) that are made from now on. The quickstart's never expires, as the CA publishes it anyway.",
      ),
    clientSecret: text("the value of a client secret", 4096)
      .optional()
      .describe(
        "An existing client secret (secret), kept as it is: `secretExpires` then says when it ends, and changes nothing. Default: the stack makes one.",
      ),
    provisionerName: text("the name of the provisioner at the CA", 64)
      .default("azuread")
      .describe("Name of the OIDC provisioner at the CA."),
    listenAddress: listenAddress
      .default("127.0.0.1:10000")
      .describe("Where `step` listens for the browser's answer; `any`: a port that is free."),
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
      .describe(
        "Accidental-deletion prevention: Entra holds a cycle that would delete or disable more users and groups than this. A number " +
          "above that of the people provisioned holds nothing.",
      ),
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

const kubernetes = z
  .strictObject({
    context: text("the name of a context of the kubeconfig", 253)
      .optional()
      .describe(
        "Context of the kubeconfig: the cluster in which the Job runs. Another one makes its objects anew there. Default: the current one.",
      ),
    namespace: dnsLabel("the namespace of the Job")
      .default("smallstep")
      .describe("Existing namespace in which the Job runs."),
    adminToolsImage: imageReference("the admin-tools image").describe(
      "Image with `manage-provisioners` and a shell, as deployed in the installation. Required.",
    ),
    runnerImage: imageReference("a Node.js image")
      .default("docker.io/library/node:22-alpine")
      .describe("Node.js image for the Job's other steps."),
    adminToolsUser: wholeNumber(0, 2_147_483_647)
      .default(65532)
      .describe(
        "User id that the admin-tools container runs as. 0 (root) for an image that cannot do without: a namespace that enforces the " +
          "`restricted` Pod Security Standard refuses it.",
      ),
    adminToolsReadOnlyRoot: flag
      .default(true)
      .describe(
        "Whether the admin-tools container's root file system is read-only; it may write to `/work` in any case.",
      ),
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
    jobPasswordVersion: wholeNumber(1, 1_000_000)
      .default(1)
      .describe("A change makes a new password for each registration Job's database role."),
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

const userName = text("a user name such as ada.lovelace").regex(/^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/, {
  error: (issue) => `${quote(issue.input)} is not a user name such as ada.lovelace`,
});

const cutOver = z
  .strictObject({
    minimumUsers: wholeNumber(1, 10_000_000)
      .default(1)
      .describe(
        "Active users that the SCIM directory must hold before the team is switched: never 0, or everybody is locked out.",
      ),
    requiredUsers: z
      .array(userName, { error: "must be a list of user names" })
      .max(100, { error: "has more than 100 user names" })
      .default([])
      .describe(
        "User names that must be in the SCIM directory, active, before the team is switched: yours, and those of whoever would have to " +
          "repair it.",
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

const percentage = wholeNumber(0, 100);

const guards = z
  .strictObject({
    maxRenamedPercent: percentage
      .default(10)
      .describe(
        "Per cent of the people provisioned whom a change of the mapping may give another user name, which is a new account on every " +
          "host. More is refused. 100: no limit.",
      ),
    maxLockedOutPercent: percentage
      .default(10)
      .describe(
        "Per cent of the people provisioned whom a change may keep from logging in: a mapping that leaves them without a usable name or " +
          "email, or inactive; a group that is no longer assigned. More is refused. 100: no limit.",
      ),
    allowSharedDirectory: flag.default(false).describe("Let the team use a directory that is another team's already."),
    heldDeletions: choice(["keep", "retry", "allow"])
      .default("keep")
      .describe(
        "What `pulumi up` does with a job that accidental-deletion prevention holds: refuse (`keep`); start it again, when the cause is " +
          "mended (`retry`); or let it delete and disable (`allow`). Set it back afterwards.",
      ),
  })
  .describe("How many people a change may lock out before it is refused.");

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
    secretExpiryDays: wholeNumber(0, 3650)
      .default(30)
      .describe("Days before a client secret's end from which preview warns of it; 0 for never."),
    duplicates: choice(["error", "warn", "off"])
      .default("error")
      .describe(
        "What it is when something that is to be made is there already, perhaps left by an interrupted run; `warn` makes another.",
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
  guards: guards.prefault({}),
  checks: checks.prefault({}),
});

/** The sections that each of several teams may say for itself; the others are of the whole stack. */
export const teamSections = [
  "groups",
  "oidc",
  "scim",
  "mapping",
  "smallstep",
  "kubernetes",
  "cutOver",
  "guards",
] as const;

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

/** Settings that are secret, as paths; so are a team's. */
export const secretSettings = ["oidc.clientSecret", "scim.token", "folk.password"] as const;

/** Whether the setting at a path such as `teams.blue.scim.token` is secret. */
export function isSecretSetting(path: string): boolean {
  const own = path.replace(/^teams\.[^.]+\./, "");
  return secretSettings.some((name) => name === own);
}
