import * as z from "zod";
import { cleartextProblem } from "../../provider/folk/settings";
import { choice, columnName, databaseName, hostname, text, wholeNumber } from "../fields";

export const database = z
  .strictObject({
    host: hostname("the host of the folk database").describe("Host of the PostgreSQL server. Required."),
    port: wholeNumber(1, 65535).default(5432).describe("Its port."),
    name: databaseName("the name of the database").default("folk").describe("Its name on the server."),
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
    const why = cleartextProblem(sslmode, host) ?? cleartextProblem(sslmode, jobHost ?? host);
    if (why !== undefined) context.addIssue({ code: "custom", path: ["sslmode"], message: why });
  })
  .describe("The installation's database, which Smallstep names `folk`.");
