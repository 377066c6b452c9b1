import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { jobProgram } from "../podSpec";
import { switchSettings } from "./settings";
import { switchTeam } from "./switchTeam";

type Environment = Record<string, string>;

let test: TestSmallstep;
let dir: string;
let program: string;
/** The shared folder of the containers of one Pod. */
let work: string;
beforeAll(async () => {
  test = await startTestSmallstep();
  dir = mkdtempSync(join(tmpdir(), "job-test-"));
  program = join(dir, "registration.cjs");
  work = join(dir, "work");
  writeFileSync(program, jobProgram());
});
afterAll(async () => {
  await test?.close();
  rmSync(dir, { recursive: true, force: true });
});

/**
 * Runs a step as its container does: with only the environment that the Pod defines. `failed` is true when the step recorded a
 * failure, or exited with an error.
 */
function run(step: string, env: Environment) {
  return new Promise<{ failed: boolean; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [program, step],
      { env: { WORK_DIR: work, ...env }, cwd: dir },
      (error, stdout, stderr) =>
        resolve({ failed: error !== null || existsSync(join(work, "failed")), stdout, stderr }),
    );
  });
}

/** Checks that the output contains none of the step's secrets. */
function expectNoSecrets(result: { stdout: string; stderr: string }, env: Environment): void {
  for (const name of ["CLIENT_SECRET", "SCIM_TOKEN", "PGPASSWORD"]) {
    if (env[name]) expect(result.stdout + result.stderr).not.toContain(env[name]);
  }
}

beforeEach(() => {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
});

it("lists the valid steps when the step is unknown", async () => {
  expect(await run("frobnicate", {})).toMatchObject({
    failed: true,
    stderr: expect.stringContaining("compare, confirm, wait-for-users, switch-team") as string,
  });
});

describe("compare", () => {
  const published = {
    type: "OIDC",
    name: "azuread",
    clientID: "client",
    clientSecret: "s3cret-of-the-client",
    configurationEndpoint: "https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration",
    tenantID: "t",
    domains: ["corp.com", "corp.org"],
    listenAddress: "127.0.0.1:10000",
    claims: { enableSSHCA: true },
  };
  const env = (changes: Environment = {}): Environment => ({
    CA_URL: test.smallstep.ca.url,
    ROOT_CERT: test.authority.caPem,
    PROVISIONER_NAME: "azuread",
    CLIENT_ID: "client",
    CLIENT_SECRET: "s3cret-of-the-client",
    CONFIGURATION_ENDPOINT: published.configurationEndpoint,
    TENANT_ID: "t",
    DOMAINS: "corp.com,corp.org",
    LISTEN_ADDRESS: "127.0.0.1:10000",
    ...changes,
  });
  const decision = () => readFileSync(join(work, "decision"), "utf8");

  beforeEach(async () => {
    const { ca } = test.smallstep;
    for (const { name } of await ca.provisioners()) if (name !== "admin") await ca.remove(name);
  });

  it("decides to add a provisioner that is not published", async () => {
    expect(await run("compare", env())).toMatchObject({ failed: false, stderr: "" });
    expect(decision()).toBe("add");
  });

  it("decides to skip a provisioner that is published on a later page with its domains in another order", async () => {
    for (let index = 0; index < 120; index++) await test.smallstep.ca.add({ type: "OIDC", name: `p${index}` });
    await test.smallstep.ca.add({ ...published, domains: ["Corp.org", "corp.com"] });
    expect(await run("compare", env())).toMatchObject({ failed: false, stderr: "" });
    expect(decision()).toBe("skip");
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ["client", { clientID: "other" }, ['clientId is "other", expected "client"']],
    ["type", { type: "JWK" }, ['type is "JWK", expected "OIDC"']],
  ])(
    "fails with a one-line message when a provisioner with another %s has the name",
    async (_what, changes, expected) => {
      await test.smallstep.ca.add({ ...published, ...changes });
      const result = await run("compare", env());
      expect(result.failed).toBe(true);
      expect(result.stderr.trim().split("\n")).toHaveLength(1);
      for (const word of expected) expect(result.stderr).toContain(word);
      expect(result.stderr).not.toContain("another-s3cret");
      expectNoSecrets(result, env());
      expect(decision).toThrow(/ENOENT/);
    },
  );

  it.each<[string, Record<string, unknown>, string[]]>([
    ["secret, without printing it", { clientSecret: "another-s3cret" }, ["clientSecret differs"]],
    ["domains and tenant", { domains: ["x.com"], tenantID: "u" }, ['tenantId is "u"', 'domains are ["x.com"]']],
  ])("decides to update the client's provisioner when it has another %s", async (_what, changes, expected) => {
    await test.smallstep.ca.add({ ...published, ...changes });
    const result = await run("compare", env());
    expect(result).toMatchObject({ failed: false, stderr: "" });
    for (const word of expected) expect(result.stdout).toContain(word);
    expect(result.stdout).not.toContain("another-s3cret");
    expectNoSecrets(result, env());
    expect(decision()).toBe("update");
  });

  it("fails without retries when the CA's certificate is not trusted", async () => {
    const { ROOT_CERT: _, ...untrusting } = env();
    const result = await run("compare", untrusting);
    expect(result.failed).toBe(true);
    expect(result.stderr).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  });

  it("reports all missing and invalid settings together", async () => {
    const { CLIENT_ID: _, ...missing } = env({ CA_URL: "http://ca" });
    const result = await run("compare", missing);
    expect(result.failed).toBe(true);
    expect(result.stderr).toContain("CA_URL: is not an https:// URL; CLIENT_ID: is missing");
  });
});

describe("wait-for-users", () => {
  const env = (changes: Environment = {}): Environment => ({
    TENANT_URL: `${test.smallstep.scim.baseUrl}/${test.smallstep.directory.id}/v2`,
    SCIM_TOKEN: test.smallstep.directory.token,
    ROOT_CERT: test.authority.caPem,
    MINIMUM_USERS: "2",
    WAIT_SECONDS: "60",
    ...changes,
  });
  const add = (userName: string) =>
    test.scim("POST", "/Users", { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName });

  it("fails when too few users arrive in time, and does not switch the team", async () => {
    const result = await run("wait-for-users", env({ WAIT_SECONDS: "1" }));
    expect(result.failed).toBe(true);
    expect(result.stderr).toContain("holds 0 of at least 2 active users after 1 s. The team was not switched");
  });

  it("fails without retries when the SCIM server rejects the token", async () => {
    const result = await run("wait-for-users", env({ SCIM_TOKEN: "wrong-token" }));
    expect(result.failed).toBe(true);
    expect(result.stderr).toContain("401");
    expect(result.stderr + result.stdout).not.toContain("wrong-token");
  });

  it("stops waiting as soon as the directory holds enough users", async () => {
    await add("ada");
    const running = run("wait-for-users", env());
    setTimeout(() => void add("grace"), 1500);
    const result = await running;
    expect(result).toMatchObject({ failed: false, stderr: "" });
    expect(result.stdout).toContain("holds 1 of at least 2 active users: waiting");
    expect(result.stdout).toContain("holds 2 of at least 2 active users");
    expectNoSecrets(result, env());
  });

  it("rejects a minimum of users below one", async () => {
    const result = await run("wait-for-users", env({ MINIMUM_USERS: "0" }));
    expect(result).toMatchObject({ failed: true, stdout: "" });
    expect(result.stderr).toContain("MINIMUM_USERS: is not a whole number of at least 1");
  });
});

describe("switch-team", () => {
  const password = "the-job's-password";
  const env = (changes: Environment = {}): Environment => ({
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
  const teams = () => test.smallstep.query("select slug, ssh_directory_id as directory from teams order by slug");

  beforeAll(async () => {
    // Exactly the grants that the stack gives the Job's role.
    await test.smallstep.query(`create role job login password '${password.replaceAll("'", "''")}'`);
    await test.smallstep.query("grant select (slug, ssh_directory_id), update (ssh_directory_id) on teams to job");
  });

  it("switches only the configured team with a least-privilege role, and changes nothing in a second run", async () => {
    const everything = "select t.*, (select count(*) from scim_logins) as logins from teams t where slug <> $1";
    const others = await test.smallstep.query(everything, [test.smallstep.team.slug]);
    const result = await run("switch-team", env());
    expect(result).toMatchObject({ failed: false, stderr: "" });
    expect(result.stdout).toContain(`now uses directory ${test.smallstep.directory.id} (before: none)`);
    expectNoSecrets(result, env());
    expect(await teams()).toEqual([
      { slug: "acme", directory: test.smallstep.directory.id },
      { slug: "globex", directory: test.smallstep.otherDirectory.id },
    ]);
    expect(await test.smallstep.query(everything, [test.smallstep.team.slug])).toEqual(others);
    const again = await run("switch-team", env({ DIRECTORY_ID: test.smallstep.directory.id.toUpperCase() }));
    expect(again).toMatchObject({ failed: false, stderr: "" });
    expect(again.stdout).toContain("already");
  });

  it("lets only one of two teams switch to a directory at the same time", async () => {
    const settings = (slug: string) => switchSettings(env({ TEAM_SLUG: slug }));
    for (let pair = 0; pair < 40; pair++) {
      await test.smallstep.query("update teams set ssh_directory_id = null");
      const results = await Promise.allSettled(
        ["acme", "globex"].map((slug) => switchTeam(settings(slug), () => undefined)),
      );
      const [lost, ...others] = results.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
      expect([lost, others.length]).toEqual([expect.stringMatching(/belongs to team (acme|globex)/), 0]);
      expect((await teams()).filter((one) => one["directory"] === test.smallstep.directory.id)).toHaveLength(1);
    }
    await test.smallstep.query("update teams set ssh_directory_id = null where slug = 'acme'");
    const { otherDirectory } = test.smallstep;
    await test.smallstep.query("update teams set ssh_directory_id = $1 where slug = 'globex'", [otherDirectory.id]);
  });

  it.each<[string, () => Environment, RegExp]>([
    ["an unknown team", () => ({ TEAM_SLUG: "acm" }), /No team has the slug "acm" \(2 teams have another one\)/],
    ["SQL in a slug", () => ({ TEAM_SLUG: "x' or 'a'='a" }), /No team has the slug/],
    ["an invalid directory id", () => ({ DIRECTORY_ID: "nonsense" }), /invalid input syntax for type uuid/],
    ["a wrong password", () => ({ PGPASSWORD: "a-wrong-one" }), /rejected role "job": wrong user name or password/],
    ["an unencrypted connection", () => ({ PGSSLMODE: "disable" }), /rejected role "job": .*no encryption/],
    [
      "an untrusted server certificate",
      () => ({ DATABASE_ROOT_CERT: "" }),
      /certificate that is not trusted \(UNABLE_TO_VERIFY/,
    ],
    ["an unknown sslmode", () => ({ PGSSLMODE: "prefer" }), /PGSSLMODE: is not one of disable, require/],
  ])("fails on %s and does not change any team", async (_what, changes, reason) => {
    const before = await teams();
    const given = env(changes());
    const result = await run("switch-team", given);
    expect(result.failed).toBe(true);
    expect(result.stderr).toMatch(reason);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expectNoSecrets(result, given);
    expect(await teams()).toEqual(before);
  });
});
