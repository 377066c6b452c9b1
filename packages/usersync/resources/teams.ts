import * as z from "zod/mini";

import { undefinedIfNotFound } from "../clients/graph/errors";
import { defineResource } from "../host/define";
import { objectType, property } from "../host/properties";
import { type CallContext, type CheckFailure, InputErrors, isMap } from "../host/types";
import { countUsers, warnIfUnavailable } from "./attributeMappings/guards";
import type { EntraConfig } from "./entraConfig";

type Context = CallContext<EntraConfig>;

const deployedTeam = objectType("usersync:smallstep:DeployedTeam", "What the users of a team need to log in.", {
  directoryId: property("Id of the team's directory.", z.string()),
  servicePrincipalId: property("Object id of the service principal of the team's enterprise application.", z.string()),
});

const inputs = {
  teams: property("The deployed teams by slug.", z.record(z.string(), deployedTeam)),
  allowTeamRemoval: property(
    "Slugs of the teams that a change may remove, or whose directory or enterprise application it may replace. A change that " +
      "does so for another team is rejected, in a preview too, unless the team's groups have no users. Default: none.",
    z.optional(z.array(z.string())),
    // A changed confirmation alone changes nothing.
    { ignoreChanges: true },
  ),
};

export const teams = defineResource({
  token: "usersync:smallstep:Teams",
  description:
    "The teams of a stack. The resource exists only in the state: it notices the removal of a team, of which no other resource " +
    "remains in the program. Cannot be imported.",
  inputs,
  outputs: {},

  async checkChange(ctx: Context, { previous, inputs: { teams: after, allowTeamRemoval = [] } }) {
    if (!isMap(after)) return;
    const failures: CheckFailure[] = [];
    for (const [slug, before] of Object.entries(previous?.inputs.teams ?? {})) {
      const removal = describeRemoval(before, after[slug], Object.values(after));
      if (removal === undefined) continue;
      const users = await findUsers(ctx, before.servicePrincipalId);
      // A lost enterprise application is created again. Any other change needs its users, who may still log in.
      if (users === "no application" && removal === replacesApplication) continue;
      if (users === 0) continue;
      const effect = `the change ${removal}: ${typeof users === "number" ? users : "its"} users could no longer log in`;
      if (Array.isArray(allowTeamRemoval) && allowTeamRemoval.includes(slug)) {
        ctx.log("warning", `Team "${slug}": ${effect}.`);
        continue;
      }
      const reason =
        `${effect}. Nothing was removed. If this is intended, add "${slug}" to allowTeamRemoval ` +
        "(safeguards.allowTeamRemoval of the stack) for this deployment.";
      failures.push({ property: `teams.${slug}`, reason });
    }
    if (failures.length > 0) throw new InputErrors(failures);
  },

  preview: () => Promise.resolve({}),
  create: (_ctx, declared) => Promise.resolve({ id: "teams", outputs: declared }),
  read: (_ctx, _id, before) => Promise.resolve(before.inputs.teams === undefined ? undefined : before),
  update: (_ctx, { inputs: declared }) => Promise.resolve(declared),
  // The deletions of the teams' resources have their own checks.
  delete: () => Promise.resolve(),
});

const replacesApplication = "replaces the enterprise application";

/**
 * Returns what a change removes; undefined if the team keeps its directory and its enterprise application.
 * @param teams all teams after the change
 */
function describeRemoval(
  before: { directoryId: string; servicePrincipalId: string },
  after: unknown,
  teams: readonly unknown[],
): string | undefined {
  if (!isMap(after)) {
    return teams.some((team) => isMap(team) && team["servicePrincipalId"] === before.servicePrincipalId)
      ? "gives the team another slug"
      : "removes the team with its apps, provisioning and registration";
  }
  const { directoryId, servicePrincipalId } = after;
  if (typeof directoryId === "string" && directoryId.toLowerCase() !== before.directoryId.toLowerCase()) {
    return `replaces directory ${before.directoryId} with ${directoryId}`;
  }
  return servicePrincipalId === before.servicePrincipalId ? undefined : replacesApplication;
}

/** Counts the enabled users of the groups assigned to an enterprise application. Undefined: Graph does not answer. */
function findUsers(ctx: Context, servicePrincipalId: string): Promise<number | "no application" | undefined> {
  return warnIfUnavailable(ctx, "teams change; the users who could no longer log in", async () => {
    const graph = await ctx.config.graph(ctx.signal);
    return (await undefinedIfNotFound(countUsers(graph, servicePrincipalId, ctx.signal))) ?? "no application";
  });
}
