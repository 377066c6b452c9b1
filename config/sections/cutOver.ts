import * as z from "zod";
import { choice, flag, text, wholeNumber } from "../fields";
import { quote } from "../quote";

const userName = text("a user name such as ada.lovelace").regex(/^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/, {
  error: (issue) => `${quote(issue.input)} is not a user name such as ada.lovelace`,
});

export const cutover = z
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
    userWaitTimeoutMinutes: wholeNumber(1, 10_080)
      .default(120)
      .describe("How long the Job waits for them; a first cycle can take 40 minutes and more."),
    waitForJob: flag.default(false).describe("Whether `pulumi up` waits for the Job."),
    onDestroy: choice(["keep", "restore"])
      .default("keep")
      .describe("What `pulumi destroy` does with the team's row: leave it, or put back what it was."),
  })
  .describe("Step 7: switching the team to the directory.");
