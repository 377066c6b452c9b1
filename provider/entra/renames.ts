import { compile, ExpressionError, type Expression } from "../../mappings/expression";
import { attributeLookup, graphProperty, type DirectoryUser } from "../../mappings/usernames";
import { GraphError, MEMBERS_PERMISSION, streamMembers, type GraphClient } from "../graph";
import type { CallContext, PropertyValue } from "../host";
import { attributesIn } from "./checks";
import type { EntraConfig } from "./config";
import { isMap, parseSource } from "./mapping";

export interface Rename {
  userPrincipalName: string;
  before: string | null;
  after: string | null;
}

/** Renames named in a warning; the rest is counted. */
const shown = 20;

/**
 * Before the mapping of `userName` changes: whose account would get another name. A renamed POSIX account is a new account on every
 * host. What cannot be found out is said, and holds nothing up.
 */
export async function warnOfRenames(
  ctx: CallContext<EntraConfig>,
  jobId: string,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
): Promise<void> {
  try {
    const [old, now] = [sourceOf(before), sourceOf(after)];
    if (old === undefined || now === undefined) return;
    const graph = await ctx.config.graph(ctx.signal);
    const { users, renames } = await findRenames(graph, jobId, old, now, ctx.signal);
    if (renames.length > 0) ctx.log("warning", inWords(users, renames));
  } catch (error) {
    if (!(error instanceof ExpressionError) && !(error instanceof GraphError)) throw error;
    ctx.log("warning", `mappings.userName changes; whose account is renamed cannot be said: ${error.message}`);
  }
}

function sourceOf(mappings: PropertyValue | undefined): Expression | undefined {
  const userName = isMap(mappings) ? mappings["userName"] : undefined;
  return isMap(userName) ? parseSource(userName) : undefined;
}

/** The direct members of the groups assigned to the job's application whose name differs under two expressions. */
export async function findRenames(
  graph: GraphClient,
  jobId: string,
  before: Expression,
  after: Expression,
  signal?: AbortSignal,
): Promise<{ users: number; renames: Rename[] }> {
  const [old, now] = [compile(before), compile(after)];
  const attributes = [...attributesIn(before), ...attributesIn(after)];
  const properties = ["userPrincipalName", ...attributes.map((name) => graphProperty(name))];
  const seen = new Set<string>();
  const renames: Rename[] = [];
  for (const group of await assignedGroups(graph, jobId, signal)) {
    for await (const member of streamMembers(graph, group, properties, signal)) {
      if (member["@odata.type"] !== "#microsoft.graph.user" || seen.has(member.id)) continue;
      seen.add(member.id);
      const lookup = attributeLookup(member as DirectoryUser);
      const names = { before: text(old(lookup)), after: text(now(lookup)) };
      if (names.before === names.after) continue;
      renames.push({ userPrincipalName: String(member["userPrincipalName"] ?? member.id), ...names });
    }
  }
  return { users: seen.size, renames };
}

async function assignedGroups(graph: GraphClient, jobId: string, signal?: AbortSignal): Promise<string[]> {
  const servicePrincipal = jobId.split("/")[2] ?? "";
  const groups = new Set<string>();
  let path: string | undefined =
    `/servicePrincipals/${encodeURIComponent(servicePrincipal)}/appRoleAssignedTo?$select=principalId,principalType`;
  while (path !== undefined) {
    const page = (await graph.request({
      method: "GET",
      path,
      what: "list who is assigned to the enterprise application",
      permission: `Application.Read.All, and ${MEMBERS_PERMISSION}`,
      ...(signal ? { signal } : {}),
    })) as { value?: { principalId: string; principalType: string }[]; "@odata.nextLink"?: string } | undefined;
    for (const { principalId, principalType } of page?.value ?? []) {
      if (principalType === "Group") groups.add(principalId);
    }
    path = page?.["@odata.nextLink"];
  }
  return [...groups];
}

export function inWords(users: number, renames: readonly Rename[]): string {
  const lines = renames
    .slice(0, shown)
    .map(({ userPrincipalName, before, after }) => `  ${userPrincipalName}: ${before ?? "none"} -> ${after ?? "none"}`);
  if (renames.length > shown) lines.push(`  and ${renames.length - shown} more`);
  return (
    `mappings.userName changes: ${renames.length} of ${users} people get another name, and so a new account on every host:\n` +
    lines.join("\n")
  );
}

function text(value: string | string[] | null): string | null {
  return Array.isArray(value) ? value.join(";") : value;
}
