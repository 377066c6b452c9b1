import { registrationName } from "../../../components/registration";
import { readFileSync } from "node:fs";
import { Client } from "pg";
import { stackName, type Run } from "../scenario";

/** What the Job's role can do in `folk`, tried as that role. */
export async function leastPrivilege(run: Run): Promise<void> {
  const { world, checks } = run;
  const { host, port, database } = world.smallstep.folk;
  const name = registrationName(world.smallstep.team.slug, stackName);
  const secret = await run.core.readNamespacedSecret({ name, namespace: "smallstep" });
  const client = new Client({
    host,
    port,
    database,
    user: name,
    password: Buffer.from(secret.data?.["PGPASSWORD"] ?? "", "base64").toString(),
    ssl: { ca: readFileSync(world.authority.caFile, "utf8") },
  });
  await client.connect();
  try {
    const allowed = async (sql: string): Promise<boolean> => {
      await client.query("begin");
      try {
        await client.query(sql);
        return true;
      } catch (error) {
        if ((error as { code?: string }).code !== "42501") throw error;
        return false;
      } finally {
        await client.query("rollback");
      }
    };
    const { slug } = world.smallstep.team;
    checks.that("it may read slugs and directories", await allowed("select slug, ssh_directory_id from teams"));
    checks.that(
      "it may switch a team",
      await allowed(`update teams set ssh_directory_id = null where slug = '${slug}'`),
    );
    for (const sql of [
      "select * from teams",
      "select name from teams",
      "update teams set slug = 'x'",
      "insert into teams (slug) values ('x')",
      "delete from teams",
      "truncate teams",
      "select token from scim_logins",
      "update scim_logins set token = 'x'",
      "create table mine (id int)",
      "create role another",
    ]) {
      checks.that(`refused: ${sql}`, !(await allowed(sql)));
    }
  } finally {
    await client.end();
  }
}
