import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * Declares the database role of the registration Job. It may only find a team by its slug and change the team's directory:
 * `select (slug, ssh_directory_id)` and `update (ssh_directory_id)` on `teams`.
 */
export function databaseRole(
  name: string,
  roleName: string,
  options: { database: pulumi.Input<string>; passwordVersion: number; dependsOn: readonly pulumi.Resource[] },
  child: pulumi.CustomResourceOptions,
): { username: pulumi.Output<string>; password: pulumi.Output<string>; grants: pulumi.Resource[] } {
  const { database, passwordVersion } = options;
  const keepers = passwordVersion === 1 ? undefined : { version: String(passwordVersion) };
  const password = new random.RandomPassword(name, { length: 40, special: false, keepers }, child);
  const role = new postgresql.Role(
    name,
    {
      name: roleName,
      login: true,
      password: password.result,
      connectionLimit: 5,
      // The role owns nothing, and reassigning would require a superuser.
      skipReassignOwned: true,
    },
    // The provider would rename the role in place, and could not revoke the grants of the old name.
    { ...child, replaceOnChanges: ["name"], deleteBeforeReplace: true },
  );
  const grant = (privilege: string, columns: string[], dependsOn: readonly pulumi.Resource[]) =>
    new postgresql.Grant(
      `${name}-${privilege.toLowerCase()}`,
      {
        database,
        role: role.name,
        schema: "public",
        objectType: "column",
        objects: ["teams"],
        columns,
        privileges: [privilege],
      },
      // The provider revokes the replaced grant, which has the same privileges.
      { ...child, dependsOn: [...dependsOn], deleteBeforeReplace: true },
    );
  const select = grant("SELECT", ["slug", "ssh_directory_id"], options.dependsOn);
  // One after the other: PostgreSQL rejects concurrent grants on one table.
  const update = grant("UPDATE", ["ssh_directory_id"], [select]);
  return { username: role.name, password: pulumi.secret(password.result), grants: [select, update] };
}
