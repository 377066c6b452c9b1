import { InputErrors, type FunctionHandler, type PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Api, Entity } from "../api";
import { openApi, type AzureadConfig } from "../config";
import { groupState } from "../groupState";
import { flag, text } from "../shapes";
import { related } from "../owners";

const beta = { version: "beta" } as const;

/** Handler of `azuread.getGroup`: finds a group by object id, display name or mail nickname. */
export const getGroup: FunctionHandler<AzureadConfig> = {
  async invoke(ctx, args) {
    const given = ["objectId", "displayName", "mailNickname"].filter((name) => text(args[name]) !== "");
    if (given.length !== 1) {
      const reason = "exactly one of objectId, displayName and mailNickname must be given.";
      throw new InputErrors([{ property: given[1] ?? "displayName", reason }]);
    }
    const api = await openApi(ctx);
    const objectId = text(args["objectId"]);
    const found = objectId === "" ? await find(api, args) : await api.get(`/groups/${objectId}`, beta);
    if (found === undefined) throw new Error(`objectId: there is no group ${objectId}.`);
    const state = groupState(found);
    for (const property of ["mailEnabled", "securityEnabled"]) {
      if (args[property] !== undefined && args[property] !== state[property]) {
        throw new Error(`${property}: the group ${found.id} does not match ${property}=${flag(args[property])}.`);
      }
    }
    const transitive = args["includeTransitiveMembers"] === true;
    const path = `/groups/${found.id}`;
    const members = await related(api, `${path}/${transitive ? "transitiveMembers" : "members"}`, beta);
    return {
      ...state,
      id: path,
      members,
      owners: await related(api, `${path}/owners`, beta),
      // Like the official provider, also returned for groups without a rule.
      dynamicMemberships: [
        { enabled: found["membershipRuleProcessingState"] !== "Paused", rule: text(found["membershipRule"]) },
      ],
      includeTransitiveMembers: transitive,
    };
  },
};

async function find(api: Api, args: PropertyMap): Promise<Entity> {
  const input = text(args["displayName"]) === "" ? "mailNickname" : "displayName";
  const wanted = text(args[input]);
  const conditions = [
    `${input} eq '${wanted}'`,
    ...["mailEnabled", "securityEnabled"].flatMap((name) =>
      typeof args[name] === "boolean" ? [`${name} eq ${args[name]}`] : [],
    ),
  ];
  const path = `/groups?$filter=${encodeURIComponent(conditions.join(" and "))}`;
  const found = (await api.list(path, beta)) ?? [];
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(
      `${input}: ${found.length === 0 ? "no group has" : "several groups have"} the ${input} "${wanted}".`,
    );
  }
  return found[0];
}
