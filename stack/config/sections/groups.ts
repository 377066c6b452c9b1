import * as z from "zod";
import { guid, text } from "../fields";

const group = z.union(
  [
    z.strictObject({ create: text("the display name of a new group") }),
    z.strictObject({
      existing: z.union([
        z.strictObject({ displayName: text("the display name of an existing group") }),
        z.strictObject({ objectId: guid("the object id of an existing group") }),
      ]),
    }),
  ],
  {
    error:
      'must be one of { "create": "display name" }, { "existing": { "displayName": "display name" } }, { "existing": { "objectId": "object id" } }, each with one line of text',
  },
);

export const groups = z
  .array(group, { error: "must be a list of groups" })
  .min(1, { error: 'is empty; list at least one group, e.g. [{ "create": "ssh" }, { "create": "sudo" }]' })
  .default([{ create: "ssh" }, { create: "sudo" }])
  .describe(
    "Step 1: the groups whose direct members get accounts. The stack creates a group, or uses an existing one.",
  );
