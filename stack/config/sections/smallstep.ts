import * as z from "zod";
import { defaults } from "@smallstep-ssh/components";
import { cleartextProblem, sslmodes } from "@smallstep-ssh/usersync/checks";
import {
  certificates,
  choice,
  columnName,
  databaseName,
  destination,
  dnsLabel,
  flag,
  hostname,
  httpsUrl,
  imageReference,
  list,
  teamSlug,
  text,
  updateVerb,
  userName,
  wholeNumber,
} from "../fields";

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
    updateVerb: updateVerb
      .default(defaults.updateVerb)
      .describe(
        "Verb of `manage-provisioners` that updates an existing provisioner, for example with a new client secret. The default is an " +
          "assumption: Smallstep documents only `add`.",
      ),
    caRootCert: certificates("the PEM root certificate of the CA and the SCIM server")
      .optional()
      .describe("PEM root certificate of the CA and the SCIM server. Default: the public roots."),
  })
  .describe("The Smallstep installation.");

export const kubernetes = z
  .strictObject({
    context: text("the name of a context of the kubeconfig", 253)
      .optional()
      .describe(
        "Context of the kubeconfig, which selects the cluster in which the Job runs. A change recreates the Job's objects in the new cluster. Default: the current context.",
      )
      .meta(destination),
    namespace: dnsLabel("the namespace of the Job")
      .default("smallstep")
      .describe("Existing namespace in which the Job runs."),
    adminToolsImage: imageReference("the admin-tools image").describe(
      "Container image with `manage-provisioners` and a shell, as deployed in the Smallstep installation. Required.",
    ),
    nodeImage: imageReference("a Node.js image")
      .default(defaults.nodeImage)
      .describe("Node.js image for the other steps of the Job."),
    adminToolsUser: wholeNumber(0, 2_147_483_647)
      .default(defaults.user)
      .describe(
        "User id of the admin-tools container. Use 0 (root) only for an image that requires it: a namespace that enforces the " +
          "`restricted` Pod Security Standard rejects root.",
      ),
    adminToolsReadOnlyRootFilesystem: flag
      .default(true)
      .describe(
        "Whether the root file system of the admin-tools container is read-only. The container can always write to `/work`.",
      ),
  })
  .describe("Where the registration Job runs.");

export const database = z
  .strictObject({
    host: hostname("the host of the folk database").describe("Host of the PostgreSQL server. Required."),
    port: wholeNumber(1, 65535)
      .default(defaults.database.port)
      .describe("Port of the PostgreSQL server.")
      .meta(destination),
    name: databaseName("the name of the database")
      .default(defaults.database.name)
      .describe("Name of the database on the server."),
    username: databaseName("the role that deploys").describe(
      "Role that the stack signs in with. It may read `teams` and `scim_logins` and create the Job's role. Required.",
    ),
    password: text("the role's password", 1024)
      .describe("Password of that role (secret). Required.")
      .meta({ secret: true }),
    sslmode: choice(sslmodes)
      .default(defaults.database.sslmode)
      .describe("TLS mode, as libpq's `sslmode`. `disable` is allowed on loopback only.")
      .meta(destination),
    sslRootCert: text("the path of a PEM file", 4096)
      .optional()
      .describe("Path of a PEM file with the root certificate of the server. Default: the system's roots.")
      .meta(destination),
    directoryColumn: columnName("a column of scim_logins")
      .default("directory_id")
      .describe(
        "Column of `scim_logins` that holds the directory id. The default is an assumption: Smallstep does not document the column.",
      ),
    jobPasswordVersion: wholeNumber(1, 1_000_000)
      .default(1)
      .describe(
        "Version of the Job's database password. A change replaces the password of each registration Job's database role.",
      ),
    jobHost: hostname("the host of the database as seen from the cluster")
      .optional()
      .describe("Host of the PostgreSQL server as the cluster sees it. Default: `host`."),
    jobPort: wholeNumber(1, 65535)
      .optional()
      .describe("Port of the PostgreSQL server as the cluster sees it. Default: `port`.")
      .meta(destination),
  })
  .superRefine(({ sslmode, host, jobHost }, context) => {
    const why = cleartextProblem(sslmode, host) ?? cleartextProblem(sslmode, jobHost ?? host);
    if (why !== undefined) context.addIssue({ code: "custom", path: ["sslmode"], message: why });
  })
  .describe("The installation's database, which Smallstep names `folk`.");

export const cutover = z
  .strictObject({
    minimumUsers: wholeNumber(1, 10_000_000)
      .default(defaults.minimumUsers)
      .describe(
        "Number of active users that the SCIM directory must hold before the Job switches the team. At least 1, so that the switch never locks out every user.",
      ),
    requiredUsers: list(userName, "user names")
      .max(100, { error: "has more than 100 user names" })
      .default([])
      .describe(
        "User names that must be active in the SCIM directory before the Job switches the team. Include your own, and those of the " +
          "operators who would repair a failed switch.",
      ),
    userWaitTimeoutMinutes: wholeNumber(1, 10_080)
      .default(defaults.waitMinutes)
      .describe(
        "How long the Job waits for these users, in minutes. A first provisioning cycle can take more than 40 minutes.",
      ),
    waitForJob: flag.default(false).describe("Whether `pulumi up` waits until the Job has finished."),
    onDestroy: choice(["keep", "restore"])
      .default("keep")
      .describe(
        "What `pulumi destroy` does with the team's directory: keep the current one, or restore the previous one.",
      ),
  })
  .describe("Step 7: how the Job switches the team to the directory.");
