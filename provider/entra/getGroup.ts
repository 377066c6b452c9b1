import { GraphError, getGroup as groupById, groupsNamed, type Group } from "../graph";
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
    const found: Group[] =
      objectId === undefined
        ? await groupsNamed(graph, wanted, ctx.signal)
        : await groupById(graph, wanted, ctx.signal).then(
            (group) => [group],
            (error: unknown) => {
              if (error instanceof GraphError && error.status === 404) return [];
              throw error;
            },
          );
    const assignable = found.filter(({ securityEnabled }) => securityEnabled);
    const [group, ...others] = assignable;
    if (group === undefined) {
      const why = found.length === 0 ? "the directory has no such group" : "it is no security group, which Entra needs";
      throw refuse(`is ${JSON.stringify(wanted)}: ${why}.`);
    }
    if (others.length > 0) {
      const ids = assignable.map(({ id }) => id).join(", ");
      throw refuse(`is ${JSON.stringify(wanted)}, as are ${assignable.length} groups: say one's objectId (${ids}).`);
    }
    return { objectId: group.id, displayName: group.displayName };
  },
};
