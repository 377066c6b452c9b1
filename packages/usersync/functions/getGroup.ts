import { boundedList } from "entra-mappings";
import * as z from "zod/mini";

import type { GraphClient } from "../clients/graph/client";
import { getGroup as groupById, findGroupsByName, type NamedGroup } from "../clients/graph/groups";
import { undefinedIfNotFound } from "../clients/graph/errors";
import { defineFunction } from "../host/define";
import { property } from "../host/properties";
import { type CallContext, InputErrors } from "../host/types";
import type { EntraConfig } from "../resources/entraConfig";

export const getGroup = defineFunction({
  token: "usersync:entra:getGroup",
  description:
    "Finds an existing security group by its display name or its object id. Fails if no group matches, if several groups " +
    "have the name, or if the group is not a security group and cannot be assigned to an application. Unlike " +
    "`azuread.getGroup`, makes one request, reads no members or owners, and accepts an apostrophe in the name. Needs " +
    "GroupMember.Read.All.",
  inputs: {
    displayName: property("Display name of exactly one security group, case-insensitive.", z.optional(z.string())),
    objectId: property("Object id of a group. Set either this or `displayName`.", z.optional(z.string())),
  },
  outputs: {
    objectId: property("Object id of the group.", z.string()),
    displayName: property("Display name of the group.", z.string()),
  },

  async invoke(ctx: CallContext<EntraConfig>, { displayName, objectId }) {
    const property = objectId === undefined ? "displayName" : "objectId";
    const refuse = (reason: string) => new InputErrors([{ property, reason }]);
    const wanted = objectId ?? displayName;
    if (wanted === undefined || wanted === "" || (objectId !== undefined && displayName !== undefined)) {
      throw refuse("must be a non-empty string, and exactly one must be set: either displayName or objectId.");
    }
    const group = await findGroup(await ctx.config.graph(ctx.signal), { displayName, objectId }, ctx.signal);
    if (typeof group === "string") throw refuse(group);
    return { objectId: group.id, displayName: group.displayName };
  },
});

/** Finds a security group by its name or its id. Returns a sentence if there is none, or if several have the name. */
export async function findGroup(
  graph: GraphClient,
  { displayName = "", objectId }: { displayName?: string | undefined; objectId?: string | undefined },
  signal: AbortSignal,
): Promise<NamedGroup | string> {
  const answers =
    objectId === undefined
      ? await findGroupsByName(graph, displayName, signal)
      : [await undefinedIfNotFound(groupById(graph, objectId, signal))];
  const found = answers.filter((group) => group !== undefined);
  const assignable = found.filter(({ securityEnabled }) => securityEnabled);
  const [group, ...others] = assignable;
  const named =
    objectId === undefined
      ? `the display name ${JSON.stringify(displayName)}`
      : `the object id ${JSON.stringify(objectId)}`;
  if (found.length === 0) return `no group has ${named}.`;
  if (group === undefined) {
    return `the group with ${named} is not a security group, and Entra assigns only security groups to an application.`;
  }
  if (others.length > 0) {
    const ids = boundedList(assignable.map(({ id }) => id)).join(", ");
    return `${assignable.length} security groups have ${named}; set the object id of one of them: ${ids}.`;
  }
  return group;
}
