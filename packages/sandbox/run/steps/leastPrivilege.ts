import { registrationName } from "@smallstep-ssh/components";
import { Client } from "pg";
import { forbiddenStatements, heldPrivileges } from "../../smallstep/database/privileges";
import { stackName, type Run } from "../run";

const columns = [
  "column teams.slug: SELECT",
  "column teams.ssh_directory_id: SELECT",
  "column teams.ssh_directory_id: UPDATE",
];

/** Checks the privileges of the Job's role in `folk`, both in the whole catalogue and by statements as that role. */
export async function leastPrivilege(run: Run): Promise<void> {
  const { smallstep, authority, checks } = run;
  const { host, port, name: database } = smallstep.database;
  const { query, team } = smallstep;
  const name = registrationName(team.slug, stackName);
  await query("create role nobody");
  const grantsToPublic = await heldPrivileges(query, "nobody");
  await query("drop role nobody");
  const own = (await heldPrivileges(query, name)).filter((one) => !grantsToPublic.includes(one));
  checks.equal("the Job's role holds exactly three column privileges beyond those of PUBLIC", own, columns);

  const secret = await run.core.readNamespacedSecret({ name, namespace: "smallstep" });
  const client = new Client({
    host,
    port,
    database,
    user: name,
    password: Buffer.from(secret.data?.["PGPASSWORD"] ?? "", "base64").toString(),
    ssl: { ca: authority.caPem },
  });
  await client.connect();
  try {
    /** Runs a statement and rolls it back. Returns the SQLSTATE: `00000` if the server allowed it. */
    const outcome = async (sql: string): Promise<string> => {
      await client.query("begin");
      const code = await client.query(sql).then(
        () => "00000",
        (error: { code?: string }) => error.code ?? "none",
      );
      await client.query("rollback");
      return code;
    };
    const allowed = [
      "select slug, ssh_directory_id from teams",
      `update teams set ssh_directory_id = null where slug = '${team.slug}'`,
    ];
    for (const sql of allowed) checks.equal(`the Job's role can run: ${sql}`, await outcome(sql), "00000");
    const statements = await forbiddenStatements(query, columns);
    const notRefused: [string, string][] = [];
    for (const sql of statements) {
      const code = await outcome(sql);
      if (code !== "42501") notRefused.push([sql, code]);
    }
    checks.assert(
      "the server rejects every other statement of the Job's role",
      notRefused.length === 0 && statements.length > 150,
      notRefused.length === 0 ? `${statements.length} statements tried` : JSON.stringify(notRefused.slice(0, 5)),
    );
  } finally {
    await client.end();
  }
}
