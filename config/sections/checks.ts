import * as z from "zod";
import { choice, wholeNumber } from "../fields";

export const checks = z
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
