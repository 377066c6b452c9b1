import type { GraphClient } from "./client";
import { listAll, eq, where } from "./collections";
import { GraphError } from "./errors";

/** Reading groups and their members, application permission: the two that allow just that. */
export const MEMBERS_PERMISSION = "GroupMember.Read.All (and User.Read.All for the people's attributes)";

/** A member of a group: the properties asked for, and what kind of thing it is. */
export interface Member {
  id: string;
  /** `#microsoft.graph.user`, `#microsoft.graph.group`, ... */
  "@odata.type"?: string;
  [property: string]: unknown;
}

export interface NamedGroup {
  id: string;
  displayName: string;
}

export interface Group extends NamedGroup {
  /** Whether it can be assigned to an application. */
  securityEnabled: boolean;
}

const groupProperties = "id,displayName,securityEnabled";

const PAGE_SIZE = 999;

/** Of a type that an application may not read, Graph shows the id alone, and everything else as null; nobody lacks this name. */
function isHidden(member: Member): boolean {
  return isUser(member) && (member["userPrincipalName"] ?? null) === null;
}

/**
 * A group's direct members, page by page: no more than one page is in memory.
 * @throws GraphError, status 403 also when people's `userPrincipalName` is asked for and hidden
 */
export async function* streamMembers(
  graph: GraphClient,
  groupId: string,
  properties: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Member> {
  const select = [...new Set(["id", "displayName", ...properties])].join(",");
  const members = listAll<Member>(graph, {
    path: `/groups/${encodeURIComponent(groupId)}/members?$select=${encodeURIComponent(select)}&$top=${PAGE_SIZE}`,
    operation: `list the members of the group ${groupId}`,
    permission: MEMBERS_PERMISSION,
    ...(signal ? { signal } : {}),
  });
  for await (const member of members) {
    if (properties.includes("userPrincipalName") && isHidden(member)) {
      const what = `list the members of the group ${groupId} with their attributes`;
      throw new GraphError(
        `Microsoft Graph does not allow this application to ${what}: it needs the application permission User.Read.All, ` +
          "with admin consent.",
        403,
        undefined,
        "User.Read.All",
      );
    }
    yield member;
  }
}

/** The people of a group and of all groups in it but those left out; groups may contain each other. */
export async function* transitiveUsers(
  graph: GraphClient,
  groupId: string,
  properties: readonly string[],
  { signal, except = new Set() }: { signal?: AbortSignal; except?: ReadonlySet<string> } = {},
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

/** What a group among members is called; its id when that is not told. */
export function nameOf({ id, displayName }: Member): string {
  return typeof displayName === "string" ? displayName : id;
}

/** A group by its object id. @throws GraphError, status 404 when there is none. */
export async function getGroup(graph: GraphClient, groupId: string, signal?: AbortSignal): Promise<Group> {
  const group = (await graph.request({
    method: "GET",
    path: `/groups/${encodeURIComponent(groupId)}?$select=${groupProperties}`,
    operation: `find the group ${groupId}`,
    permission: MEMBERS_PERMISSION,
    ...(signal ? { signal } : {}),
  })) as Group;
  return group;
}

/** All groups of this display name, which Entra compares without case. */
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
    ...(signal ? { signal } : {}),
  };
  for await (const group of listAll<Group>(graph, call)) found.push(group);
  return found;
}
