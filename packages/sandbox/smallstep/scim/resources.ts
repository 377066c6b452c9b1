import { SCIMMY } from "scimmy-routers";

import { TakenError, type Directory, type ResourceStore } from "./directory";
import type { Comparison } from "./filter";
import type { Json } from "./path";

/** Context of a request. scimmy's handlers are global to the process, so each request carries its directory. */
export interface ScimContext {
  directory: Directory;
  filter: Comparison[] | undefined;
}

/** Argument of scimmy's handlers. */
interface Target {
  id?: string;
  constraints?: { startIndex?: number };
}

interface SubAttributes {
  subAttributes: { config: { canonicalValues?: string[] | false } }[];
}

/** Id of the schema of SCIM error messages. */
export const errorSchema = SCIMMY.Messages.ErrorResponse.id;

const notFound = (id: string | undefined) => new SCIMMY.Types.Error(404, "", `Resource ${id ?? ""} not found`);

SCIMMY.Resources.declare(SCIMMY.Resources.User).extend(SCIMMY.Schemas.EnterpriseUser, false);
SCIMMY.Resources.declare(SCIMMY.Resources.Group);
// RFC 7643 suggests no values for these two attributes. scimmy interprets that as "no value is allowed".
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
  // Entra adds its own schema to the core schema when it creates a group.
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
    return asScimmy(store.put(content, id));
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
  // scimmy would start again at the first resource. A sparse array has the right length and no entries.
  return asScimmy((constraints?.startIndex ?? 1) > found.length ? new Array<Json>(found.length) : found);
}

/** Casts to scimmy's types, which require every attribute of the schema. scimmy checks the values at run time. */
function asScimmy(resources: Json | Json[]): never {
  return resources as never;
}

/** Copies a resource of scimmy into a plain object to store. scimmy's own object is frozen and intercepts changes. */
function plain(data: unknown): Json {
  return JSON.parse(JSON.stringify(data));
}
