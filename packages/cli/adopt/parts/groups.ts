import { groupKey } from "@smallstep-ssh/components";
import * as z from "zod";
import { entraImport, type Import } from "./part";

/** An app role assignment: an app role granted to a user, a group or a service principal. */
export const assignmentSchema = z.object({
  id: z.string(),
  principalId: z.string(),
  principalDisplayName: z.string().nullish(),
  principalType: z.string(),
  appRoleId: z.string(),
});
export type Assignment = z.infer<typeof assignmentSchema>;

/** A group that is assigned to the enterprise application or requested by option. The stack only reads it, so it is not imported. */
export const groupSchema = z.object({ id: z.string(), displayName: z.string() });
export type FoundGroup = z.infer<typeof groupSchema>;

/** Returns the setting of a group: its id, because another group can get the same name. Part of the names of the group's resources. */
export function groupSetting({ id }: FoundGroup): { existing: { objectId: string } } {
  return { existing: { objectId: id } };
}

/** Returns the assignment of a group to import. Prefers one with the right role. Undefined: the group is not assigned. */
export function assignmentOf(
  assignments: readonly Assignment[],
  groupId: string,
  roleId: string | undefined,
): Assignment | undefined {
  const own = assignments.filter(({ principalId }) => principalId === groupId);
  return own.find(({ appRoleId }) => appRoleId === roleId) ?? own[0];
}

/** Returns the imports of the groups' assignments to a service principal. */
export function assignmentImports(
  component: Import["component"],
  principalId: string,
  assignments: readonly Assignment[],
  groups: readonly FoundGroup[],
  roleId: string | undefined,
): Import[] {
  return groups.flatMap((group) => {
    const assignment = assignmentOf(assignments, group.id, roleId);
    if (assignment === undefined) return [];
    const id = `/servicePrincipals/${principalId}/appRoleAssignedTo/${assignment.id}`;
    return [entraImport(component, "AppRoleAssignment", id, `-${groupKey(groupSetting(group))}`)];
  });
}
