import * as z from "zod";
import { choice, flag, wholeNumber } from "../fields";

const percentage = wholeNumber(0, 100);

export const safeguards = z
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
    heldDeletions: choice(["fail", "retry", "allow"])
      .default("fail")
      .describe(
        "What `pulumi up` does with a job that accidental-deletion prevention holds: refuse (`fail`); start it again, when the cause is " +
          "mended (`retry`); or let it delete and disable (`allow`). Set it back afterwards.",
      ),
  })
  .describe("How many people a change may lock out before it is refused.");
