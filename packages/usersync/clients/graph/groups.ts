import * as z from "zod/mini";
import type { GraphClient } from "./client";
import { listAll, eq, where } from "./collections";
import { GraphError, isNotFound, undefinedIfNotFound } from "./errors";

/** Least application permissions to read groups and their members. */
export const MEMBERS_PERMISSION = "GroupMember.Read.All (and User.Read.All for the users' attributes)";

/** Member of a group, with the selected properties and its type: `#microsoft.graph.user`, `#microsoft.graph.group`, ... */
export const member = z.looseObject({ id: z.string(), "@odata.type": z.optional(z.string()) });
export type Member = z.infer<typeof member>;

export interface NamedGroup {
  id: string;
  displayName: string;
}

/** Only security groups can be assigned to an application. */
const group = z.object({ id: z.string(), displayName: z.string(), securityEnabled: z.boolean() });
export type Group = z.infer<typeof group>;

const groupProperties = "id,displayName,securityEnabled";

const PAGE_SIZE = 999;

/**
 * Detects a user whose attributes the application may not read: Graph returns only the id, and every user has this
 * name.
 */
function isHidden(member: Member): boolean {
  return isUser(member) && (member["userPrincipalName"] ?? null) === null;
}

/**
 * Yields the direct members of a group with at most one page in memory.
 * @throws GraphError, with status 403 also if `userPrincipalName` is selected but hidden
 */
export async function* streamMembers(
  graph: GraphClient,
  groupId: string,
  properties: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Member> {
  const select = [...new Set(["id", "displayName", ...properties])].join(",");
  const call = {
    path: `/groups/${encodeURIComponent(groupId)}/members?$select=${encodeURIComponent(select)}&$top=${PAGE_SIZE}`,
    operation: `list the members of the group ${groupId}`,
    permission: MEMBERS_PERMISSION,
    signal,
  };
  for await (const one of listAll(graph, call, member)) {
    if (properties.includes("userPrincipalName") && isHidden(one)) {
      const operation = `list the members of the group ${groupId} with their attributes`;
      throw new GraphError(
        `Microsoft Graph does not allow this application to ${operation}: it needs the application permission User.Read.All, ` +
          "with admin consent.",
        403,
        undefined,
        "User.Read.All",
      );
    }
    yield one;
  }
}

/**
 * Yields the direct members of a group; none if the group does not exist. Reads the group to confirm a 404, because a
 * replica may lag behind, and a missing answer must not count as an empty group.
 * @throws GraphError
 */
export async function* membersIfPresent(
  graph: GraphClient,
  groupId: string,
  properties: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Member> {
  try {
    return yield* streamMembers(graph, groupId, properties, signal);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  if ((await undefinedIfNotFound(getGroup(graph, groupId, signal))) === undefined) return;
  yield* streamMembers(graph, groupId, properties, signal);
}

/**
 * Yields the users of a group and of all nested groups, without the groups in `except`. Handles cycles of groups.
 * @throws GraphError
 */
export async function* transitiveUsers(
  graph: GraphClient,
  groupId: string,
  properties: readonly string[],
  { signal, except = new Set() }: { signal?: AbortSignal | undefined; except?: ReadonlySet<string> } = {},
): AsyncGenerator<Member> {
  const groups = new Set([groupId]);
  for (const id of groups) {
    for await (const member of streamMembers(graph, id, properties, signal)) {
      if (isUser(member)) yield member;
      else if (isGroup(member) && !except.has(member.id)) groups.add(member.id);
    }
  }
}

export function isGroup(member: Member): boolean {
  return member["@odata.type"] === "#microsoft.graph.group";
}

export function isUser(member: Member): boolean {
  return member["@odata.type"] === "#microsoft.graph.user";
}

/** Returns the display name of a member, or its id if Graph hides the name. */
export function nameOf({ id, displayName }: Member): string {
  return typeof displayName === "string" ? displayName : id;
}

/** Reads a group by its object id. @throws GraphError, with status 404 if it does not exist */
export function getGroup(graph: GraphClient, groupId: string, signal?: AbortSignal): Promise<Group> {
  const call = {
    method: "GET",
    path: `/groups/${encodeURIComponent(groupId)}?$select=${groupProperties}`,
    operation: `find the group ${groupId}`,
    permission: MEMBERS_PERMISSION,
    signal,
  } as const;
  return graph.request(call, group);
}

/** Finds all groups with a display name. Entra compares names case-insensitively. @throws GraphError */
export async function findGroupsByName(
  graph: GraphClient,
  displayName: string,
  signal?: AbortSignal,
): Promise<Group[]> {
  const found: Group[] = [];
  const call = {
    path: `/groups?${where(eq("displayName", displayName))}&$select=${groupProperties}`,
    operation: `find the group ${displayName}`,
    permission: MEMBERS_PERMISSION,
    signal,
  };
  for await (const one of listAll(graph, call, group)) found.push(one);
  return found;
}
