import { boundedList, type DirectoryUser, ExpressionError, type PeopleWriter, type PersonText } from "entra-mappings";
import * as z from "zod/mini";
import { prefetchInOrder } from "../../clients/graph/prefetch";
import { listAll } from "../../clients/graph/collections";
import { getGroup, isUser, MEMBERS_PERMISSION, membersIfPresent, type Member } from "../../clients/graph/groups";
import { GraphError, isNotFound } from "../../clients/graph/errors";
import type { GraphClient } from "../../clients/graph/client";
import { InputErrors, isMap, type CallContext, type PropertyMap, type PropertyValue } from "../../host/types";
import type { EntraConfig } from "../entraConfig";
import { ImpactCounter, type Impact } from "./impact";
import { exceeds, listed, limitsOf, limitViolations, limitExceededMessage, warnings } from "./limits";
import { sameInputs } from "./mapping";

type Context = CallContext<EntraConfig>;

/**
 * Checks before a change of mappings how many users would be renamed or locked out. Logs warnings. A repair of drift is
 * never rejected. If the effect cannot be determined, logs a warning and continues.
 * @throws InputErrors if the change exceeds a limit
 */
export async function guardMappings(
  ctx: Context,
  jobId: string,
  given: { present: PropertyValue | undefined; declared: PropertyValue | undefined; inputs: PropertyMap },
): Promise<void> {
  const wanted = given.inputs["mappings"];
  const declared = given.declared ?? given.present;
  const isRepair = sameLoginMappings(declared, wanted);
  const before = isRepair ? given.present : declared;
  if (!isMap(before) || !isMap(wanted) || sameLoginMappings(before, wanted)) return;
  const impact = await warnIfUnavailable(ctx, "mappings change; the affected users", async () => {
    const graph = await ctx.config.graph(ctx.signal);
    const groups = await assignedGroups(graph, jobId.split("/")[2] ?? "", ctx.signal);
    return findImpact(graph, groups, { before, after: wanted, people: ctx.config.people }, ctx.signal);
  });
  if (impact === undefined) return;
  const failures = isRepair ? [] : limitViolations(impact, limitsOf(given.inputs));
  if (failures.length > 0) throw new InputErrors(failures);
  for (const warning of warnings(impact)) ctx.log("warning", warning);
}

/** Returns whether two sets of mappings have the same effect on logins. */
function sameLoginMappings(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (!isMap(a) || !isMap(b)) return a === b;
  const decisive = [...Object.keys(a), ...Object.keys(b)].filter((target) =>
    /^(userName|active|emails\b.*)$/.test(target),
  );
  return decisive.every((target) => a[target] === b[target] || sameInputs(a[target], b[target]));
}

/**
 * Compares the accounts of the groups' direct members under two sets of mappings.
 * @throws GraphError, ExpressionError
 */
export async function findImpact(
  graph: GraphClient,
  groups: readonly string[],
  { before, after, people }: { before: PropertyMap; after: PropertyMap; people: PeopleWriter },
  signal?: AbortSignal,
): Promise<Impact> {
  const counter = new ImpactCounter(before, after, people);
  for await (const person of findUsersOf(graph, groups, counter.properties, signal)) counter.add(person);
  return counter.finish();
}

/**
 * Checks before groups are unassigned how many users would be in no other group, because Entra disables them. Logs a
 * warning.
 * @param groups object ids before and after; omit groups that do not exist yet, because they have no members
 * @throws InputErrors if the change exceeds the limit
 */
export async function guardGroups(
  ctx: Context,
  groups: { before: readonly string[]; after: readonly string[] },
  inputs: PropertyMap,
): Promise<void> {
  const dropped = groups.before.filter((id) => !groups.after.includes(id));
  if (dropped.length === 0) return;
  const { people } = ctx.config;
  const found = await warnIfUnavailable(ctx, "groups change; the users who could no longer log in", async () => {
    const graph = await ctx.config.graph(ctx.signal);
    const kept = new Set<string>();
    const properties = ["userPrincipalName", "accountEnabled"];
    for await (const person of findUsersOf(graph, groups.after, properties, ctx.signal)) {
      if (person["accountEnabled"] !== false) kept.add(person.id);
    }
    const lost: PersonText[] = [];
    for await (const person of findUsersOf(graph, dropped, properties, ctx.signal)) {
      if (person["accountEnabled"] !== false && !kept.has(person.id)) lost.push(people.user(person));
    }
    return { users: kept.size + lost.length, lost, names: await namesOf(graph, dropped, ctx.signal) };
  });
  if (found === undefined || found.lost.length === 0) return;
  const { users, lost, names } = found;
  const [effect = "", ...lines] = listed(
    `no longer assigned: ${boundedList(names).join(", ")}. ${lost.length} of ${users} users are in no other group: ` +
      "Entra would disable them, and they could not log in",
    lost,
    people.lists,
  );
  const list = [
    ...lines,
    "If this stack has created the group, it is deleted with its members. To keep it, declare it as an existing group, and first run " +
      "pulumi state delete for it.",
  ];
  const { maxLockedOutPercent } = limitsOf(inputs);
  if (exceeds(lost.length, users, maxLockedOutPercent)) {
    const reason = [
      effect,
      ...list,
      limitExceededMessage("maxLockedOutPercent", maxLockedOutPercent, lost.length, users),
    ];
    throw new InputErrors([{ property: "groups", reason }]);
  }
  ctx.log("warning", [`groups: ${effect}`, ...list]);
}

/** Counts the enabled users in the groups assigned to an enterprise application, each once. @throws GraphError */
export async function countUsers(
  graph: GraphClient,
  servicePrincipalId: string,
  signal?: AbortSignal,
): Promise<number> {
  let users = 0;
  const groups = await assignedGroups(graph, servicePrincipalId, signal);
  for await (const person of findUsersOf(graph, groups, ["accountEnabled"], signal)) {
    if (person["accountEnabled"] !== false) users++;
  }
  return users;
}

/** Returns the result of `find`. If Graph is unavailable, logs a warning and returns undefined. */
export async function warnIfUnavailable<T>(
  ctx: Context,
  description: string,
  find: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof ExpressionError) && !(error instanceof GraphError)) throw error;
    ctx.log("warning", `${description} cannot be determined: ${error.message}`);
    return undefined;
  }
}

/** Yields each user of the groups once. */
async function* findUsersOf(
  graph: GraphClient,
  groups: readonly string[],
  properties: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Member & DirectoryUser & { id: string }> {
  const seen = new Set<string>();
  const members = prefetchInOrder(groups, (group) => membersIfPresent(graph, group, properties, signal));
  for await (const [, member] of members) {
    if (!isUser(member) || seen.has(member.id)) continue;
    seen.add(member.id);
    yield member;
  }
}

async function namesOf(graph: GraphClient, ids: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const nameOf = async (id: string): Promise<string> => {
    try {
      return `${(await getGroup(graph, id, signal)).displayName} (${id})`;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return id;
    }
  };
  return Promise.all(ids.map(nameOf));
}

const assignment = z.object({ principalId: z.string(), principalType: z.string() });

/** Lists the ids of the groups assigned to an enterprise application. @throws GraphError */
export async function assignedGroups(
  graph: GraphClient,
  servicePrincipalId: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const groups = new Set<string>();
  const call = {
    path: `/servicePrincipals/${encodeURIComponent(servicePrincipalId)}/appRoleAssignedTo?$select=principalId,principalType`,
    operation: "list who is assigned to the enterprise application",
    permission: `Application.Read.All, and ${MEMBERS_PERMISSION}`,
    signal,
  };
  for await (const { principalId, principalType } of listAll(graph, call, assignment)) {
    if (principalType === "Group") groups.add(principalId);
  }
  return [...groups];
}
