import * as z from "zod";
import { choice, wholeNumber } from "../fields";

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
  })
  .describe("Checks that run before anything changes.");
