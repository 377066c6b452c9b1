import * as z from "zod";
import { guid, text } from "../fields";

const group = z.union(
  [
    z.strictObject({ create: text("the display name of a new group") }),
    z.strictObject({
      adopt: text("the display name of an existing group"),
    }),
    z.strictObject({ adoptId: guid("the object id of an existing group") }),
  ],
  {
    error:
      'must be one of { "create": "display name" }, { "adopt": "display name" }, { "adoptId": "object id" }, each with one line of text',
  },
);

export const groups = z
  .array(group, { error: "must be a list of groups" })
  .min(1, { error: 'is empty; give at least one group, e.g. [{ "create": "ssh" }, { "create": "sudo" }]' })
  .default([{ create: "ssh" }, { create: "sudo" }])
  .describe("Step 1: the groups whose members get accounts, created or adopted.");
