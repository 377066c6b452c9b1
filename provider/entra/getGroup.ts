import { getGroup as groupById, findGroupsByName, undefinedIfNotFound } from "../graph";
import { InputErrors, UNKNOWN, type FunctionHandler } from "../host";
import type { EntraConfig } from "./config";

/** `usersync:entra:getGroup`; what its arguments mean is said in provider/sdk/getGroup.ts. */
export const getGroup: FunctionHandler<EntraConfig> = {
  async invoke(ctx, { displayName, objectId }) {
    if (displayName === UNKNOWN || objectId === UNKNOWN) return { objectId: UNKNOWN, displayName: UNKNOWN };
    const property = objectId === undefined ? "displayName" : "objectId";
    const refuse = (reason: string) => new InputErrors([{ property, reason }]);
    const wanted = objectId ?? displayName;
    if (typeof wanted !== "string" || wanted === "" || (objectId !== undefined && displayName !== undefined)) {
      throw refuse("must be text, and be given alone: either displayName or objectId.");
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
      throw refuse(`the group with ${named} is no security group, and Entra assigns no other to an application.`);
    }
    if (others.length > 0) {
      const ids = assignable.map(({ id }) => id).join(", ");
      throw refuse(`${assignable.length} security groups have ${named}; say one's object id: ${ids}.`);
    }
    return { objectId: group.id, displayName: group.displayName };
  },
};
