import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGraph, type GraphEmulator } from "entra-emulator";
import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { jobProgram } from "../podSpec";
import { runPod, type PodOptions } from "./testing";

describe("registration Job, all steps", () => {
  let test: TestSmallstep;
  let graph: GraphEmulator;
  let dir = "";
  let program = "";
  let pods = 0;
  const password = "the-job's-password";
  const clientSecret = "s3cret~of.the~client";

  beforeAll(async () => {
    test = await startTestSmallstep();
    graph = await startGraph({ authority: test.authority });
    dir = mkdtempSync(join(tmpdir(), "job-pod-"));
    program = join(dir, "registration.cjs");
    writeFileSync(program, jobProgram());
    await test.smallstep.query(`create role job login password '${password.replaceAll("'", "''")}'`);
    await test.smallstep.query("grant select (slug, ssh_directory_id), update (ssh_directory_id) on teams to job");
    const user = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], active: true };
    await test.scim("POST", "/Users", { ...user, userName: "ada" });
    await test.scim("POST", "/Users", { ...user, userName: "gone", active: false });
  });
  afterAll(async () => {
    await graph?.close();
    await test?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await test.smallstep.ca.remove("azuread").catch(() => undefined);
    await test.smallstep.query("update teams set ssh_directory_id = null where slug = $1", [test.smallstep.team.slug]);
  });

  const values = (changes: Record<string, string> = {}): Record<string, string> => ({
    CA_URL: test.smallstep.ca.url,
    ROOT_CERT: test.authority.caPem,
    AUTHORITY_ID: test.smallstep.team.authorityId,
    UPDATE_VERB: "update",
    PROVISIONER_NAME: "azuread",
    CLIENT_ID: "client",
    CLIENT_SECRET: clientSecret,
    CONFIGURATION_ENDPOINT: `${graph.url}/${graph.tenantId}/v2.0/.well-known/openid-configuration`,
    TENANT_ID: graph.tenantId,
    DOMAINS: "corp.com",
    LISTEN_ADDRESS: "127.0.0.1:10000",
    TENANT_URL: `${test.smallstep.scim.baseUrl}/${test.smallstep.directory.id}/v2`,
    SCIM_TOKEN: test.smallstep.directory.token,
    MINIMUM_USERS: "1",
    WAIT_SECONDS: "1",
    PGHOST: test.smallstep.database.host,
    PGPORT: String(test.smallstep.database.port),
    PGDATABASE: "folk",
    PGUSER: "job",
    PGPASSWORD: password,
    PGSSLMODE: "verify-full",
    DATABASE_ROOT_CERT: test.authority.caPem,
    TEAM_SLUG: test.smallstep.team.slug,
    DIRECTORY_ID: test.smallstep.directory.id,
    ...changes,
  });

  async function run(changes: Record<string, string> = {}, more: Partial<PodOptions> = {}) {
    const result = await runPod({
      dir: join(dir, `pod-${++pods}`),
      program,
      values: values(changes),
      image: test.smallstep.image,
      ...more,
    });
    for (const secret of [clientSecret, password, test.smallstep.directory.token]) {
      expect(JSON.stringify(result)).not.toContain(secret);
    }
    return result;
  }
  const directory = async () => {
    const sql = "select ssh_directory_id::text as id from teams where slug = $1";
    return ((await test.smallstep.query(sql, [test.smallstep.team.slug]))[0] as { id: string | null }).id;
  };
  const provisioners = async () =>
    (await test.smallstep.ca.provisioners()).filter(({ name }) => name === "azuread").length;
  /** Checks the final state: the team is switched, and the provisioner exists exactly once. */
  async function done(): Promise<void> {
    expect([await directory(), await provisioners()]).toEqual([test.smallstep.directory.id, 1]);
    const others = await test.smallstep.query("select ssh_directory_id::text as id from teams where slug = $1", [
      test.smallstep.otherTeam.slug,
    ]);
    expect(others).toEqual([{ id: test.smallstep.otherDirectory.id }]);
  }
  /** Checks that the failed run did not switch the team and that a run without faults completes. */
  async function repaired(): Promise<void> {
    expect(await directory()).toBeNull();
    expect(await run()).toMatchObject({ succeeded: true });
    await done();
  }
  /** Returns an admin-tools image with a custom tool. */
  function imageWith(script: string): PodOptions["image"] {
    const bin = join(dir, `bin-${++pods}`);
    mkdirSync(bin);
    writeFileSync(join(bin, "manage-provisioners"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, "manage-provisioners"), 0o755);
    return { path: [bin], env: {} };
  }

  it("registers the provisioner and switches the team, and changes nothing when run again", async () => {
    const first = await run();
    expect(first).toMatchObject({ succeeded: true });
    expect(first.logs["confirm"]).toContain('the CA publishes provisioner "azuread" as configured');
    await done();
    const again = await run();
    expect(again).toMatchObject({ succeeded: true });
    expect(again.logs["compare"]).toContain(
      'already publishes provisioner "azuread" as configured: nothing to register',
    );
    expect(again.printed).toContain("already");
    await done();
  });

  it("succeeds when three Jobs run concurrently, and registers the provisioner once", async () => {
    const results = await Promise.all([run(), run(), run()]);
    expect(results.map(({ succeeded }) => succeeded)).toEqual([true, true, true]);
    await done();
  });

  it.each(["compare", "register", "confirm", "wait-for-users", "switch-team"])(
    "completes when run again after a kill in step %s",
    async (step) => {
      const { succeeded } = await run({}, { onStart: (name, child) => void (name === step && child.kill("SIGKILL")) });
      expect(succeeded).toBe(false);
      await repaired();
    },
  );

  it.each<[string, string, RegExp]>([
    [
      "an exit code and prints the secret",
      'echo "tried $*"; echo no such authority >&2; exit 7',
      /ended with exit code 7; last output: .*--client-secret \[secret\].*; no such authority/,
    ],
    ["a missing tool", "exec no-such-tool", /ended with exit code 127; last output: .*no-such-tool/],
  ])(
    "reports the exit code and the redacted output when manage-provisioners fails with %s",
    async (_what, script, expected) => {
      const failed = await run({}, { image: imageWith(script) });
      expect(failed.succeeded).toBe(false);
      expect(failed.printed).toMatch(expected);
      expect(failed.printed).toMatch(
        /the CA does not publish provisioner "azuread".*The team was not switched, so no user is locked out/,
      );
      expect(failed.printed).toMatch(/switch-team: skipped because confirm failed\n$/);
      // Fits into a termination message.
      expect(Buffer.byteLength(failed.printed)).toBeLessThan(2048);
      await repaired();
    },
  );

  it("reports readable, bounded output when manage-provisioners prints a megabyte of random bytes", async () => {
    const garbage = "head -c 1000000 /dev/urandom; printf '\\033[2J\\007\\342\\200\\256gnp.exe'; exit 1";
    const failed = await run({}, { image: imageWith(garbage) });
    expect(failed.succeeded).toBe(false);
    expect(failed.printed).toMatch(/manage-provisioners ended with exit code 1; last output: /);
    expect(failed.printed).toContain("gnp.exe");
    // eslint-disable-next-line no-control-regex -- no control character, and no character that changes the direction of text
    expect(failed.printed).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/);
    expect(Buffer.byteLength(failed.printed)).toBeLessThan(4096);
    await repaired();
  });

  it("reports that the CA is unreachable after several attempts", { timeout: 120_000 }, async () => {
    const failed = await run({ CA_URL: "https://localhost:1" });
    expect(failed.succeeded).toBe(false);
    expect(failed.printed).toMatch(
      /compare: failed: GET https:\/\/localhost:\d+\/provisioners\S* got no response \(ECONNREFUSED\)/,
    );
    expect(failed.printed).toMatch(/switch-team: skipped because compare failed/);
    expect(failed.logs["register"]).toBe("register: nothing to do\n");
    await repaired();
  });

  it("stops manage-provisioners when it hangs, and reports the timeout", async () => {
    const failed = await run({}, { image: imageWith("exec sleep 600"), instead: { REGISTER_SECONDS: "1" } });
    expect(failed.printed).toContain("manage-provisioners did not finish in time and was stopped");
    await repaired();
  });

  it("does not change a different provisioner of the same name, and reports the differences", async () => {
    await test.smallstep.ca.add({ type: "OIDC", name: "azuread", clientID: "somebody-else's", clientSecret: "x" });
    const failed = await run();
    expect(failed.succeeded).toBe(false);
    expect(failed.printed).toMatch(
      /compare: failed: the CA publishes another provisioner "azuread": clientId is "somebody-else's"/,
    );
    expect(failed.printed).toMatch(/switch-team: skipped because compare failed/);
    expect(failed.logs["register"]).toBe("register: nothing to do\n");
    await test.smallstep.ca.remove("azuread");
    await repaired();
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["too few active users", { MINIMUM_USERS: "2" }, /holds 1 of at least 2 active users after 1 s/],
    [
      "a missing required user",
      { REQUIRED_USERS: "ada,grace" },
      /active users; missing required users: grace after 1 s/,
    ],
    [
      "a missing required user, without naming it",
      { REQUIRED_USERS: "ada,grace", HIDE_USERS: "true" },
      /active users; missing required users: 1 of 2 after 1 s/,
    ],
    ["a disabled required user", { REQUIRED_USERS: "gone" }, /active users; missing required users: gone/],
    ["a rejected token", { SCIM_TOKEN: "another-token" }, /wait-for-users: failed: GET .* returned 401/],
  ])("does not switch the team with %s", async (_what, changes, expected) => {
    const failed = await run(changes);
    expect(failed.printed).toMatch(expected);
    expect(await directory()).toBeNull();
  });

  it("rejects a directory that another team uses, unless ALLOW_SHARED_DIRECTORY is true", async () => {
    const shared = { DIRECTORY_ID: test.smallstep.otherDirectory.id };
    const failed = await run(shared);
    expect(failed.printed).toMatch(
      /directory [0-9a-f-]+ belongs to team globex: its users would get access, and the users of "acme" would lose it\. Nothing was changed; set safeguards\.allowSharedDirectory to allow it/,
    );
    expect(await directory()).toBeNull();
    expect(await run({ ...shared, ALLOW_SHARED_DIRECTORY: "true" })).toMatchObject({ succeeded: true });
    expect(await directory()).toBe(test.smallstep.otherDirectory.id);
  });

  it("retries when the database restarts during the switch", async () => {
    const { database, team } = test.smallstep;
    const ssl = { ca: test.authority.caPem };
    const login = {
      host: database.host,
      port: database.port,
      database: "folk",
      user: database.superuser.username,
      ssl,
    };
    const holder = new Client({ ...login, password: database.superuser.password });
    holder.on("error", () => undefined);
    await holder.connect();
    // The switch waits for this row lock. Killing the session that holds it makes the server end all sessions and restart.
    await holder.query("begin");
    await holder.query("select 1 from teams where slug = $1 for update", [team.slug]);
    const { rows } = await holder.query<{ pid: number }>("select pg_backend_pid() as pid");
    const running = run();
    for (let waiting = 0; waiting === 0;) {
      const blocked = await test.smallstep.query(
        "select count(*)::int as n from pg_stat_activity where usename = 'job' and wait_event_type = 'Lock'",
      );
      waiting = (blocked[0] as { n: number }).n;
    }
    process.kill(rows[0]?.pid ?? -1, "SIGKILL");
    const result = await running;
    await holder.end().catch(() => undefined);
    expect(result.printed).toMatch(/Retrying in \d+ s/);
    expect(result).toMatchObject({ succeeded: true });
    await done();
  });
});
