import * as z from "zod/mini";

import { defineFunction } from "../host/define";
import { objectType, property } from "../host/properties";
import type { CallContext } from "../host/types";
import type { EntraConfig } from "../resources/entraConfig";
import { findGroup } from "./getGroup";

const wantedGroup = objectType("usersync:entra:WantedGroup", "A security group. Set either its name or its id.", {
  displayName: property("Display name of exactly one security group, case-insensitive.", z.optional(z.string())),
  objectId: property("Object id of the group.", z.optional(z.string())),
});

const foundGroup = objectType("usersync:entra:FoundGroup", "The result for one group.", {
  objectId: property("Object id of the group.", z.optional(z.string())),
  problem: property("Why there is no result: no group matches, or several do.", z.optional(z.string())),
});

export const findGroups = defineFunction({
  token: "usersync:entra:findGroups",
  description:
    "Finds security groups by display name or object id. Unlike `getGroup`, does not fail if a group does not exist. Needs " +
    "GroupMember.Read.All.",
  inputs: { groups: property("The groups.", z.array(wantedGroup)) },
  outputs: { groups: property("The result for each group, in the same order.", z.array(foundGroup)) },

  async invoke(ctx: CallContext<EntraConfig>, { groups }) {
    const graph = await ctx.config.graph(ctx.signal);
    const found = await Promise.all(groups.map((group) => findGroup(graph, group, ctx.signal)));
    return {
      groups: found.map((group) =>
        typeof group === "string" ? { problem: ctx.redact(group) } : { objectId: group.id },
      ),
    };
  },
});
