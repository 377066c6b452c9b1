import { getGroup as groupById, findGroupsByName } from "../clients/graph/groups";
import { undefinedIfNotFound } from "../clients/graph/errors";
import { InputErrors, UNKNOWN, type FunctionHandler } from "../host/types";
import type { EntraConfig } from "../resources/entraConfig";

/** Handler of `usersync:entra:getGroup`. Its arguments are documented in sdk/getGroup.ts. */
export const getGroup: FunctionHandler<EntraConfig> = {
  async invoke(ctx, { displayName, objectId }) {
    if (displayName === UNKNOWN || objectId === UNKNOWN) return { objectId: UNKNOWN, displayName: UNKNOWN };
    const property = objectId === undefined ? "displayName" : "objectId";
    const refuse = (reason: string) => new InputErrors([{ property, reason }]);
    const wanted = objectId ?? displayName;
    if (typeof wanted !== "string" || wanted === "" || (objectId !== undefined && displayName !== undefined)) {
      throw refuse("must be a non-empty string, and exactly one must be set: either displayName or objectId.");
    }
    const graph = await ctx.config.graph(ctx.signal);
    const answers =
      property === "displayName"
        ? await findGroupsByName(graph, wanted, ctx.signal)
        : [await undefinedIfNotFound(groupById(graph, wanted, ctx.signal))];
    const found = answers.filter((group) => group !== undefined);
    const assignable = found.filter(({ securityEnabled }) => securityEnabled);
    const [group, ...others] = assignable;
    const named = `the ${property === "objectId" ? "object id" : "display name"} ${JSON.stringify(wanted)}`;
    if (found.length === 0) throw refuse(`no group has ${named}.`);
    if (group === undefined) {
      throw refuse(
        `the group with ${named} is not a security group, and Entra assigns only security groups to an application.`,
      );
    }
    if (others.length > 0) {
      const ids = assignable.map(({ id }) => id).join(", ");
      throw refuse(`${assignable.length} security groups have ${named}; set the object id of one of them: ${ids}.`);
    }
    return { objectId: group.id, displayName: group.displayName };
  },
};
