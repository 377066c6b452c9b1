import { SCIMMY } from "scimmy-routers";

import { TakenError, type Directory, type ResourceStore } from "./directory";
import type { Comparison } from "./filter";
import type { Json } from "./path";

/** What a request is about: scimmy's handlers belong to the process, so the directory comes with each request. */
export interface ScimContext {
  directory: Directory;
  filter: Comparison[] | undefined;
}

/** What scimmy's handlers are given. */
interface Target {
  id?: string;
  constraints?: { startIndex?: number };
}

interface SubAttributes {
  subAttributes: { config: { canonicalValues?: string[] | false } }[];
}

const notFound = (id: string | undefined) => new SCIMMY.Types.Error(404, "", `Resource ${id ?? ""} not found`);

SCIMMY.Resources.declare(SCIMMY.Resources.User).extend(SCIMMY.Schemas.EnterpriseUser, false);
SCIMMY.Resources.declare(SCIMMY.Resources.Group);
// RFC 7643 suggests no values for these two; scimmy takes that to mean that none is allowed.
for (const name of ["roles", "x509Certificates"]) {
  const { subAttributes } = SCIMMY.Schemas.User.definition.attribute(name) as unknown as SubAttributes;
  for (const { config } of subAttributes) {
    if (Array.isArray(config.canonicalValues) && config.canonicalValues.length === 0) config.canonicalValues = false;
  }
}

SCIMMY.Resources.User.ingress((target: Target, data: unknown, { directory }: ScimContext) =>
  write(directory.users, target, { ...(target.id === undefined ? { active: true } : {}), ...plain(data) }),
);
SCIMMY.Resources.User.egress((target: Target, context: ScimContext) => read(context.directory.users, target, context));
SCIMMY.Resources.User.degress((target: Target, { directory }: ScimContext) => {
  if (!directory.deleteUser(target.id ?? "")) throw notFound(target.id);
});

SCIMMY.Resources.Group.ingress((target: Target, data: unknown, { directory }: ScimContext) => {
  // Entra names a schema of its own besides the core's when it creates a group.
  const group: Json = { members: [], ...plain(data), schemas: [SCIMMY.Schemas.Group.definition.id] };
  const members = group["members"] as Json[];
  const stranger = members.find((one) => directory.users.get(String(one["value"])) === undefined);
  if (stranger) {
    throw new SCIMMY.Types.Error(400, "invalidValue", `members: there is no user '${String(stranger["value"])}'.`);
  }
  return write(directory.groups, target, group);
});
SCIMMY.Resources.Group.egress((target: Target, context: ScimContext) =>
  read(context.directory.groups, target, context),
);
SCIMMY.Resources.Group.degress((target: Target, { directory }: ScimContext) => {
  if (!directory.groups.delete(target.id ?? "")) throw notFound(target.id);
});

function write(store: ResourceStore, { id }: Target, content: Json): never {
  if (id !== undefined && store.get(id) === undefined) throw notFound(id);
  try {
    return asScimmy(store.put(id, content));
  } catch (error) {
    if (error instanceof TakenError) throw new SCIMMY.Types.Error(409, "uniqueness", error.message);
    throw error;
  }
}

function read(store: ResourceStore, { id, constraints }: Target, { filter }: ScimContext): never {
  if (id !== undefined) {
    const resource = store.get(id);
    if (resource === undefined) throw notFound(id);
    return asScimmy(resource);
  }
  const found = filter === undefined ? store.all() : store.find(filter);
  // scimmy would start again at the first: an array of holes has the length, and nothing in it.
  return asScimmy((constraints?.startIndex ?? 1) > found.length ? new Array<Json>(found.length) : found);
}

/** For scimmy's types, which want each attribute of the schema spelled out; it checks what it is given as it runs. */
function asScimmy(resources: Json | Json[]): never {
  return resources as never;
}

/** scimmy's resources are frozen and watched; what is kept is plain. */
function plain(data: unknown): Json {
  return JSON.parse(JSON.stringify(data)) as Json;
}

export { SCIMMY };
