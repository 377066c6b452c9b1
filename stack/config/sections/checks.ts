import * as z from "zod";
import { minimumPseudonymKey, peopleModes } from "entra-mappings";
import { choice, flag, list, teamSlug, text, wholeNumber } from "../fields";

const percentage = wholeNumber(0, 100);

export const safeguards = z
  .strictObject({
    maxRenamedPercent: percentage
      .default(10)
      .describe(
        "Maximum percentage of provisioned users that a change of the mapping may rename. A renamed user gets a new account on every " +
          "host. The stack rejects larger changes. 100: no limit.",
      ),
    maxLockedOutPercent: percentage
      .default(10)
      .describe(
        "Maximum percentage of provisioned users that a change may lock out. A user is locked out by a mapping that leaves no valid name or " +
          "email or makes the user inactive, or by the removal of a group. The stack rejects larger changes. 100: no limit.",
      ),
    allowSharedDirectory: flag
      .default(false)
      .describe("Whether the team may use a directory that another team already uses."),
    allowTeamRemoval: list(teamSlug, "team slugs")
      .default([])
      .describe(
        "Slugs of deployed teams that a change may remove, or whose directory or enterprise application it may replace. The stack rejects " +
          "such a change of any other team that has users. Reset it afterwards.",
      ),
    heldDeletions: choice(["fail", "retry", "allow"])
      .default("fail")
      .describe(
        "What `pulumi up` does with a synchronization job that accidental-deletion prevention holds: fail (`fail`), start it again after you " +
          "have fixed the cause (`retry`), or let it delete and disable users (`allow`). Reset it afterwards.",
      ),
  })
  .describe("Limits on how many users one change may rename or lock out.");

export const checks = z
  .strictObject({
    usernames: choice(["error", "warn", "off"])
      .default("warn")
      .describe("Severity of user-name problems: collisions, invalid names, users who cannot log in."),
    connections: choice(["error", "warn", "off"])
      .default("error")
      .describe(
        "How to treat an unreachable Graph, `folk` database or SCIM server. Use `off` on runners without network access.",
      ),
    secretExpiryDays: wholeNumber(0, 3650)
      .default(30)
      .describe("Days before a client secret expires at which previews and updates start to warn. 0: never."),
    duplicates: choice(["error", "warn", "off"])
      .default("error")
      .describe(
        "How to treat an object that already exists when the stack is about to create it, for example after an interrupted run. `warn` creates another one.",
      ),
    people: choice(peopleModes)
      .default("names")
      .describe(
        "How logs, errors, comments, reports and outputs show people: with names and addresses (`names`), as numbers only (`counts`), or " +
          "with a stable pseudonym for each person and user name (`pseudonyms`).",
      ),
    pseudonymKey: text("the key of the pseudonyms", 256)
      .min(minimumPseudonymKey, `has fewer than ${minimumPseudonymKey} characters; it must be a random text`)
      .optional()
      .describe(
        `Key of the pseudonyms (secret): a random text of at least ${minimumPseudonymKey} characters. Required with \`people: pseudonyms\`. ` +
          "Another key gives other pseudonyms.",
      )
      .meta({ secret: true }),
  })
  .superRefine(({ people, pseudonymKey }, context) => {
    if (people !== "pseudonyms" || pseudonymKey !== undefined) return;
    const command = 'pulumi config set --secret --path checks.pseudonymKey "$(openssl rand -hex 32)"';
    const message = `is missing; checks.people is pseudonyms, which needs a key: \`${command}\``;
    context.addIssue({ code: "custom", path: ["pseudonymKey"], message });
  })
  .describe("Checks that run before anything changes.");
