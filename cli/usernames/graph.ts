/** People from Microsoft Graph: those whom Entra provisions, that is direct members of the groups and people assigned. */
import type { DirectoryUser } from "../../mappings/usernames";
import {
  prefetchInOrder,
  listAll,
  getGroup,
  findGroupsByName,
  isGroup,
  isNotFound,
  isUser,
  nameOf,
  streamMembers,
  undefinedIfNotFound,
  transitiveUsers,
  where,
  type GraphClient,
  type NamedGroup,
  type Member,
} from "../../provider/graph";
import { openGraph } from "../../provider/graph/open";
import { propertiesFor } from "./attributes";
import type { Directory, Visitor } from "./directory";
import { CliError } from "./errors";

export interface GraphOptions {
  /** Opens Microsoft Graph; called once. Default: with the credentials of the environment. */
  open?: () => Promise<GraphClient>;
  /** Names or object ids. */
  groups: readonly string[];
  /** Object id of the service principal whose assignments are read. */
  app?: string;
  attributes: readonly string[];
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Values that Graph takes in one `in (...)`. */
const inOneFilter = 15;

export function graphDirectory(options: GraphOptions): Directory {
  const { groups, app, open = () => openGraph({}) } = options;
  const description = app === undefined ? `groups ${groups.join(", ")}` : `assignments of the application ${app}`;
  return {
    description,
    async read(visitor) {
      const graph = await open();
      const reader = new Reader(graph, propertiesFor(options.attributes), visitor);
      const assigned = app === undefined ? { groups: [], users: [] } : await assignments(graph, app);
      const wanted = [...assigned.groups, ...(await findGroups(graph, groups))];
      if (wanted.length === 0 && assigned.users.length === 0) {
        throw new CliError([
          `Nobody is assigned to the application ${app ?? ""}, and no group: nothing is provisioned.`,
        ]);
      }
      await reader.read(wanted, assigned.users);
    },
  };
}

/** Groups by id or name, each once. @throws CliError with every one that is not there or not the only one. */
async function findGroups(graph: GraphClient, wanted: readonly string[]): Promise<NamedGroup[]> {
  const found = new Map<string, NamedGroup>();
  const problems: string[] = [];
  for (const name of wanted) {
    if (guid.test(name)) {
      const group = await undefinedIfNotFound(getGroup(graph, name));
      if (group === undefined) problems.push(`--group ${name}: the directory has no group of this object id.`);
      else found.set(group.id, group);
      continue;
    }
    const named = await findGroupsByName(graph, name);
    const [group] = named;
    if (group === undefined) problems.push(`--group ${name}: the directory has no group of this name.`);
    else if (named.length > 1) {
      const ids = named.map(({ id }) => id).join(", ");
      problems.push(`--group ${name}: ${named.length} groups have this name; give one's object id: ${ids}.`);
    } else found.set(group.id, group);
  }
  if (problems.length > 0) throw new CliError(problems);
  return [...found.values()];
}

interface Assignment {
  principalId: string;
  principalDisplayName: string | null;
  principalType: string;
}

/** The groups and people assigned to an enterprise application. */
async function assignments(graph: GraphClient, app: string): Promise<{ groups: NamedGroup[]; users: string[] }> {
  const groups = new Map<string, NamedGroup>();
  const users = new Set<string>();
  const path = `/servicePrincipals/${encodeURIComponent(app)}/appRoleAssignedTo?$top=999`;
  const operation = `list the assignments of the application ${app}`;
  try {
    const call = { path, operation, permission: "Application.Read.All" };
    for await (const assignment of listAll<Assignment>(graph, call)) {
      const { principalId: id, principalDisplayName: displayName, principalType } = assignment;
      if (principalType === "Group") groups.set(id, { id, displayName: displayName ?? id });
      else if (principalType === "User") users.add(id);
    }
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CliError([
      `--app ${app}: the directory has no service principal of this object id (an application's client id is another).`,
    ]);
  }
  return { groups: [...groups.values()], users: [...users] };
}

class Reader {
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
      const call = { path, operation: "read the people assigned", permission: "User.Read.All" };
      for await (const user of listAll<Member>(this.graph, call)) {
        this.person(user);
      }
    }
    // Whoever is a direct member anywhere is provisioned: nested groups come last.
    const nested: { group: Member; parent: string }[] = [];
    const members = prefetchInOrder(groups, ({ id }) => streamMembers(this.graph, id, this.properties));
    for await (const [{ displayName }, member] of members) {
      if (isGroup(member)) nested.push({ group: member, parent: displayName });
      else if (isUser(member)) this.person(member);
    }
    const direct = new Set(groups.map(({ id }) => id));
    // Assigned itself as well: its members are provisioned, whatever else it is a member of.
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
    this.visitor.person(user as DirectoryUser, nestedIn);
  }
}
