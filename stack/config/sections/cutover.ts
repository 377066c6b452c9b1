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
        "Number of active users that the SCIM directory must hold before the Job switches the team. At least 1, so that the switch never locks out every user.",
      ),
    requiredUsers: z
      .array(userName, { error: "must be a list of user names" })
      .max(100, { error: "has more than 100 user names" })
      .default([])
      .describe(
        "User names that must be active in the SCIM directory before the Job switches the team. Include your own, and those of the " +
          "operators who would repair a failed switch.",
      ),
    userWaitTimeoutMinutes: wholeNumber(1, 10_080)
      .default(120)
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
