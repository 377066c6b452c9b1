import * as z from "zod";
import { cleartextProblem } from "@smallstep-ssh/usersync/clients";
import { choice, columnName, databaseName, hostname, text, wholeNumber } from "../fields";

export const database = z
  .strictObject({
    host: hostname("the host of the folk database").describe("Host of the PostgreSQL server. Required."),
    port: wholeNumber(1, 65535).default(5432).describe("Port of the PostgreSQL server."),
    name: databaseName("the name of the database").default("folk").describe("Name of the database on the server."),
    username: databaseName("the role that deploys").describe(
      "Role that the stack signs in with. It may read `teams` and `scim_logins` and create the Job's role. Required.",
    ),
    password: text("the role's password", 1024).describe("Password of that role (secret). Required."),
    sslmode: choice(["disable", "require", "verify-ca", "verify-full"])
      .default("verify-full")
      .describe("TLS mode, as libpq's `sslmode`. `disable` is allowed on loopback only."),
    sslRootCert: text("the path of a PEM file", 4096)
      .optional()
      .describe("Path of a PEM file with the root certificate of the server. Default: the system's roots."),
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
      .describe("Port of the PostgreSQL server as the cluster sees it. Default: `port`."),
  })
  .superRefine(({ sslmode, host, jobHost }, context) => {
    const why = cleartextProblem(sslmode, host) ?? cleartextProblem(sslmode, jobHost ?? host);
    if (why !== undefined) context.addIssue({ code: "custom", path: ["sslmode"], message: why });
  })
  .describe("The installation's database, which Smallstep names `folk`.");
