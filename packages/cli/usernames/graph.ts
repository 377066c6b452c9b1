/** Reads the users that Entra provisions from Microsoft Graph: direct members of the groups, and directly assigned users. */
import {
  prefetchInOrder,
  listAll,
  getGroup,
  findGroupsByName,
  isGroup,
  isGuid,
  isNotFound,
  isUser,
  member,
  nameOf,
  streamMembers,
  undefinedIfNotFound,
  transitiveUsers,
  where,
  type GraphClient,
  type NamedGroup,
  type Member,
} from "@smallstep-ssh/usersync/clients";
import { boundedList, type PeopleWriter } from "entra-mappings";
import * as z from "zod/mini";
import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import { propertiesFor } from "./attributes";
import type { Directory, Visitor } from "./directory";
import { CliError } from "../common/errors";

export interface GraphOptions {
  /** Opens Microsoft Graph. Called once. Default: with the credentials of the environment. */
  open?: () => Promise<GraphClient>;
  /** Names or object ids of groups. */
  groups: readonly string[];
  /** Object id of the service principal whose assignments are read. */
  app?: string;
  attributes: readonly string[];
  people: PeopleWriter;
}

/** Maximum number of values that Graph accepts in one `in (...)` filter. */
const inOneFilter = 15;

export function graphDirectory(options: GraphOptions): Directory {
  const { groups, app, people, open = () => openGraph({}, { people }) } = options;
  const description = app === undefined ? `groups ${groups.join(", ")}` : `assignments of the application ${app}`;
  return {
    description,
    async read(visitor) {
      const graph = await open();
      const reader = new UserReader(graph, propertiesFor(options.attributes), visitor);
      const assigned = app === undefined ? { groups: [], users: [] } : await assignments(graph, app);
      const wanted = [...assigned.groups, ...(await findGroups(graph, groups))];
      if (wanted.length === 0 && assigned.users.length === 0) {
        throw new CliError([
          `No user or group is assigned to the application ${app ?? ""}: nothing is provisioned. Assign a group first.`,
        ]);
      }
      await reader.read(wanted, assigned.users);
    },
  };
}

/** Finds groups by id or name, each once. @throws CliError that lists every missing or ambiguous group */
async function findGroups(graph: GraphClient, wanted: readonly string[]): Promise<NamedGroup[]> {
  const found = new Map<string, NamedGroup>();
  const problems: string[] = [];
  for (const name of wanted) {
    if (isGuid(name)) {
      const group = await undefinedIfNotFound(getGroup(graph, name));
      if (group === undefined) problems.push(`--group ${name}: the directory has no group with this object id.`);
      else found.set(group.id, group);
      continue;
    }
    const named = await findGroupsByName(graph, name);
    const [group] = named;
    if (group === undefined) problems.push(`--group ${name}: the directory has no group with this name.`);
    else if (named.length > 1) {
      const ids = boundedList(named.map(({ id }) => id)).join(", ");
      problems.push(`--group ${name}: ${named.length} groups have this name; give the object id of one: ${ids}.`);
    } else found.set(group.id, group);
  }
  if (problems.length > 0) throw new CliError(problems);
  return [...found.values()];
}

const assignment = z.object({
  principalId: z.string(),
  principalDisplayName: z.nullish(z.string()),
  principalType: z.string(),
});

/** Reads the groups and users that are assigned to an enterprise application. @throws CliError if it does not exist */
async function assignments(graph: GraphClient, app: string): Promise<{ groups: NamedGroup[]; users: string[] }> {
  const groups = new Map<string, NamedGroup>();
  const users = new Set<string>();
  const path = `/servicePrincipals/${encodeURIComponent(app)}/appRoleAssignedTo?$top=999`;
  const operation = `list the assignments of the application ${app}`;
  try {
    const call = { path, operation, permission: "Application.Read.All" };
    for await (const one of listAll(graph, call, assignment)) {
      const { principalId: id, principalDisplayName: displayName, principalType } = one;
      if (principalType === "Group") groups.set(id, { id, displayName: displayName ?? id });
      else if (principalType === "User") users.add(id);
    }
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CliError([
      `--app ${app}: the directory has no service principal with this object id (the client id of an application is a different id).`,
    ]);
  }
  return { groups: [...groups.values()], users: [...users] };
}

class UserReader {
  private readonly seen = new Set<string>();

  constructor(
    private readonly graph: GraphClient,
    private readonly properties: readonly string[],
    private readonly visitor: Visitor,
  ) {}

  async read(groups: readonly NamedGroup[], users: readonly string[]): Promise<void> {
    for (let at = 0; at < users.length; at += inOneFilter) {
      const ids = users.slice(at, at + inOneFilter).map((id) => `'${id}'`);
      const path = `/users?${where(`id in (${ids.join(",")})`)}&$select=${encodeURIComponent(this.properties.join(","))}`;
      const call = { path, operation: "read the assigned users", permission: "User.Read.All" };
      for await (const user of listAll(this.graph, call, member)) {
        this.person(user);
      }
    }
    // Nested groups come last, because a direct member of any group is provisioned.
    const nested: { group: Member; parent: string }[] = [];
    const members = prefetchInOrder(groups, ({ id }) => streamMembers(this.graph, id, this.properties));
    for await (const [{ displayName }, member] of members) {
      if (isGroup(member)) nested.push({ group: member, parent: displayName });
      else if (isUser(member)) this.person(member);
    }
    const direct = new Set(groups.map(({ id }) => id));
    // Skip nested groups that are also assigned directly: their members are provisioned.
    const never = nested
      .filter(({ group }) => !direct.has(group.id))
      .map(({ group, parent }) => ({ id: group.id, name: nameOf(group), parent }));
    for (const group of never) this.visitor.nestedGroup(group);
    const below = prefetchInOrder(never, ({ id }) =>
      transitiveUsers(this.graph, id, this.properties, { except: direct }),
    );
    for await (const [{ name }, user] of below) this.person(user, name);
  }

  private person(user: Member, nestedIn?: string): void {
    if (this.seen.has(user.id)) return;
    this.seen.add(user.id);
    this.visitor.person(user, nestedIn);
  }
}
