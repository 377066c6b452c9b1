import { randomBytes, randomUUID } from "node:crypto";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { registrationName } from "@smallstep-ssh/components";
import {
  loadKubeconfig,
  Cleanup,
  asConfig,
  namespace,
  sandboxSettings,
  type SandboxStack,
  isUnchanged,
  type Operation,
  startSandboxEnvironment,
  type SandboxEnvironment,
  findEngine,
  findStepCa,
  controlPlaneProblem,
  until,
} from "@smallstep-ssh/sandbox";
import { readRegistrationJob } from "@smallstep-ssh/cli/testing";
import { testStack } from "./stack";
import { cycle, login, throughout } from "./probes";

/**
 * The tests run in order, and each continues from the state of the previous one: two teams in one stack, a second
 * stack, rotations, destroy.
 */
describe("several teams and environments, with the real engine", () => {
  const cleanup = new Cleanup();
  let missing: string | undefined;
  let environment: SandboxEnvironment;
  let batch: BatchV1Api;
  let core: CoreV1Api;
  let third: { slug: string; directoryId: string };

  beforeAll(async () => {
    const engine = await findEngine();
    missing = typeof engine === "string" ? engine : await controlPlaneProblem();
    if (missing !== undefined) return;
    const ca = typeof (await findStepCa()) === "string" ? "stand-in" : "step-ca";
    environment = await startSandboxEnvironment({ ca, cleanup, progress: () => undefined });
    const config = loadKubeconfig(environment.cluster.kubeconfigPath);
    [core, batch] = [config.makeApiClient(CoreV1Api), config.makeApiClient(BatchV1Api)];
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    third = await addTeam("initech");
  }, 120_000);
  afterAll(() => cleanup.run(() => undefined), 60_000);
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  async function addTeam(slug: string): Promise<{ slug: string; directoryId: string }> {
    const directoryId = randomUUID();
    const { query } = environment.smallstep;
    const [team] = await query<{ id: string }>("insert into teams (slug, name) values ($1, $1) returning id", [slug]);
    await query("insert into directories (id, team_id, name) values ($1, $2, 'Entra ID')", [directoryId, team!.id]);
    await query("insert into scim_logins (directory_id, token) values ($1, $2)", [directoryId, newSecret()]);
    return { slug, directoryId };
  }

  function stackOf(stackName: string, settings: object): Promise<SandboxStack> {
    const { dir, graph, authority, cluster, engine } = environment;
    const env = { KUBECONFIG: cluster.kubeconfigPath };
    return testStack({ dir, stackName, settings, engine, graph, authority, env });
  }

  /** One user is enough for the cutover in this test. */
  const cutover = { userWaitTimeoutMinutes: 10, minimumUsers: 1 };
  let dev: SandboxStack;
  let prod: SandboxStack;
  const change = (settings: object) => dev.setConfig(asConfig(settings));
  const place = () => ({
    graph: environment.graph,
    smallstep: environment.smallstep,
    authority: environment.authority,
  });
  const provisioner = async (name: string) =>
    (await environment.smallstep.ca.provisioners()).find((one) => one.name === name);
  const directoryOf = async (slug: string) => {
    const rows = await environment.smallstep.query<{ id: string }>(
      "select ssh_directory_id::text as id from teams where slug = $1",
      [slug],
    );
    return rows[0]?.id;
  };
  async function jobEnds(slug: string, stackName: string, generation: number): Promise<string> {
    const name = `${registrationName(slug, stackName)}-${generation}`;
    for (let attempt = 0; attempt < 480; attempt++) {
      const job = await batch.readNamespacedJob({ name, namespace });
      const ended = job.status?.conditions?.find(({ type }) => type === "Complete" || type === "Failed");
      if (ended !== undefined) return ended.type;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return "running";
  }
  const described = ({ changes, steps }: Operation) => ({ unchanged: isUnchanged(changes), steps });
  /** Returns the distinct steps on client secrets, because an operation reports each step twice. */
  const passwordSteps = ({ steps }: Operation) => {
    const own = steps.filter(({ type }) => type.endsWith(":ApplicationPassword"));
    return [...new Set(own.map(({ op, name }) => `${op} ${name}`))].sort();
  };
  const unchanged = { unchanged: true, steps: [] };

  it(
    "deploys two teams in one stack that share groups, a CA, the database and a namespace",
    { timeout: 240_000 },
    async () => {
      const { smallstep, graph } = environment;
      const { teamSlug, ...common } = sandboxSettings(environment).smallstep;
      dev = await stackOf("dev", {
        ...sandboxSettings(environment),
        smallstep: common,
        cutover,
        groups: [{ create: "ssh" }, { create: "sudo" }],
        teams: {
          default: { smallstep: { teamSlug } },
          blue: {
            groups: [{ create: "ssh" }, { create: "blue-sudo" }],
            scim: { directoryId: smallstep.otherDirectory.id },
            smallstep: { teamSlug: smallstep.otherTeam.slug },
          },
        },
      });
      graph.requests.clear();
      await dev.up();
      const posted = graph.requests.find({ method: "POST", path: "/beta/groups" });
      expect(posted).toHaveLength(3);
      const named = (prefix: string) =>
        [...graph.state.applications.values()].map((app) => app.displayName).filter((name) => name.startsWith(prefix));
      expect(named("Smallstep SSH").sort()).toEqual(["Smallstep SSH", "Smallstep SSH (blue)"]);
      expect(named("smallstep-usersync").sort()).toEqual(["smallstep-usersync", "smallstep-usersync (blue)"]);

      graph.state.addMembers(graph.state.groupByName("ssh").id, ["ada.lovelace@corp.com", "bill.gates@corp.com"]);
      const summary = await graph.runCycle();
      expect([summary.jobs.length, summary.failed]).toEqual([2, 0]);
      for (const slug of [smallstep.team.slug, smallstep.otherTeam.slug]) {
        expect(await jobEnds(slug, "dev", 1), slug).toBe("Complete");
      }
      expect(await directoryOf(smallstep.team.slug)).toBe(smallstep.directory.id);
      const outputs = (await dev.outputs())["teams"]?.value as Record<string, Record<string, string>>;
      expect(Object.keys(outputs)).toEqual(["blue", "default"]);
      expect(await provisioner("azuread")).toMatchObject({ clientID: outputs["default"]!["clientId"] });
      expect(await provisioner("azuread-blue")).toMatchObject({ clientID: outputs["blue"]!["clientId"] });
      for (const name of ["azuread", "azuread-blue"]) expect(await login(place(), name), name).toBeUndefined();
      expect(described(await dev.refresh())).toEqual(unchanged);
      expect(described(await dev.up())).toEqual(unchanged);
    },
  );

  it("rejects the removal of a team with users until it is confirmed", { timeout: 240_000 }, async () => {
    const { smallstep, graph } = environment;
    const before = graph.requests.all().length;
    const rejected = () => dev.preview().catch((error: unknown) => String(error));
    const refusal = (slug: string, change: string) =>
      expect.stringMatching(
        new RegExp(`teams\\.${slug}: the change ${change}.*: 2 users could no longer log in\\..*allowTeamRemoval`),
      ) as string;
    const blue = {
      scim: { directoryId: smallstep.otherDirectory.id },
      smallstep: { teamSlug: smallstep.otherTeam.slug },
    };

    await dev.removeConfig("teams.blue");
    expect(await rejected()).toEqual(refusal(smallstep.otherTeam.slug, "removes the team"));
    await change({ safeguards: { allowTeamRemoval: [smallstep.team.slug] } });
    expect(await rejected()).toEqual(refusal(smallstep.otherTeam.slug, "removes the team"));
    await change({ safeguards: { allowTeamRemoval: [smallstep.otherTeam.slug] } });
    const { steps, diagnostics } = await dev.preview();
    expect(steps.filter(({ op }) => op === "delete").length).toBeGreaterThan(20);
    expect(diagnostics).toMatch(/Team "[^"]*": the change removes the team .*: 2 users could no longer log in/);
    await dev.removeConfig("safeguards.allowTeamRemoval");

    await change({ teams: { blue: { groups: [{ create: "ssh" }, { create: "blue-sudo" }], ...blue } } });

    await dev.removeConfig("teams.default");
    expect(await rejected()).toEqual(refusal(smallstep.team.slug, "removes the team"));
    // Without an entry in `teams`, the top level is the team.
    await change({ smallstep: { teamSlug: smallstep.team.slug } });
    expect(described(await dev.up())).toEqual(unchanged);
    await change({ scim: { directoryId: third.directoryId } });
    expect(await rejected()).toEqual(refusal(smallstep.team.slug, "replaces directory"));
    await change({ scim: { directoryId: smallstep.directory.id } });
    const writes = graph.requests
      .all()
      .slice(before)
      .filter(({ method }) => method !== "GET");
    expect(writes.filter(({ path }) => !path.endsWith("/token"))).toEqual([]);
  });

  it("deploys a second environment in the same tenant, namespace and database", { timeout: 240_000 }, async () => {
    const { smallstep, graph } = environment;
    const base = sandboxSettings(environment);
    const settings = {
      ...base,
      cutover,
      scim: { ...base.scim, directoryId: third.directoryId },
      smallstep: { ...base.smallstep, teamSlug: third.slug },
      groups: [{ existing: { displayName: "platform-ssh" } }],
    };
    prod = await stackOf("prod", settings);
    const refused = await prod.up().catch((error: unknown) => String(error));
    // The first of the two hooks that reports its duplicate ends the update.
    expect(refused).toMatch(/There is already an application named "(Smallstep SSH|smallstep-usersync)"/);
    const own = { displayName: "Smallstep SSH (prod)", provisionerName: "azuread-prod" };
    const scim = { ...settings.scim, displayName: "smallstep-usersync (prod)" };
    await prod.setConfig(asConfig({ ...settings, scim, oidc: { ...base.oidc, ...own } }));
    await prod.up();
    graph.state.addMembers(graph.state.groupByName("platform-ssh").id, ["grace.hopper@corp.com"]);
    await graph.runCycle();
    expect(await jobEnds(third.slug, "prod", 1)).toBe("Complete");
    expect(await directoryOf(third.slug)).toBe(third.directoryId);
    expect(await directoryOf(smallstep.team.slug)).toBe(smallstep.directory.id);
    expect(await login(place(), "azuread-prod")).toBeUndefined();
    expect(described(await dev.preview({ refresh: true }))).toEqual(unchanged);
  });

  it("rotates a client secret without a failed login or provisioning cycle", { timeout: 240_000 }, async () => {
    const before = (await provisioner("azuread"))!["clientSecret"];
    const other = (await provisioner("azuread-blue"))!["clientSecret"];
    const soon = new Date(Date.now() + 10 * 24 * 3600 * 1000).toISOString().replace(/\.\d+/, "");
    await change({ teams: { default: { oidc: { clientSecretVersion: 3 } } } });
    const skipped = await dev.preview().catch((error: unknown) => String(error));
    expect(skipped).toMatch(
      /clientSecretVersion: is 3, but there is no client secret 2 yet: increase it by one at a time/,
    );

    await change({ teams: { default: { oidc: { clientSecretVersion: 2, clientSecretEndDate: soon } } } });
    const looks = { login: () => login(place(), "azuread"), cycle: () => cycle(place()) };
    const rotation = async () => {
      const up = await dev.up();
      return { up, job: await jobEnds(environment.smallstep.team.slug, "dev", 2) };
    };
    const { result, failures, counts } = await throughout(rotation(), looks);
    expect(failures).toEqual([]);
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(1);
    expect(result.job).toBe("Complete");
    expect(passwordSteps(result.up)).toEqual(["create smallstep-ssh-2"]);
    const after = (await provisioner("azuread"))!["clientSecret"];
    expect(after).not.toBe(before);
    expect((await provisioner("azuread-blue"))!["clientSecret"]).toBe(other);
    expect(result.up.diagnostics).toMatch(
      /clientSecretVersion: client secret 2 ends on .*, in 9 days\. Set clientSecretEndDate/,
    );

    // The next rotation deletes the first secret. It is rejected until the CA has the second one.
    await environment.smallstep.ca.update({ ...(await provisioner("azuread"))!, clientSecret: before });
    await change({
      teams: { default: { oidc: { clientSecretVersion: 3, clientSecretEndDate: "2299-12-31T00:00:00Z" } } },
    });
    const early = await dev.preview().catch((error: unknown) => String(error));
    expect(early).toMatch(/the CA's provisioner "azuread" does not have client secret 2 yet: set it back to 2/);
    await environment.smallstep.ca.update({ ...(await provisioner("azuread"))!, clientSecret: after });
    const preview = await dev.preview();
    expect(passwordSteps(preview)).toEqual(["create smallstep-ssh-3", "delete smallstep-ssh"]);
    await change({ teams: { default: { oidc: { clientSecretVersion: 2 } } } });
  });

  it("rotates a SCIM token only when Entra accepts it, and the Job's password", { timeout: 240_000 }, async () => {
    const { smallstep, graph } = environment;
    const [oldToken, newToken] = [smallstep.directory.token, newSecret()];
    const saved = () =>
      [...graph.state.syncSecrets.values()].map((pairs) => pairs.find(({ key }) => key === "SecretToken")?.value);
    await change({ checks: { connections: "off" }, teams: { default: { scim: { token: newToken } } } });
    const refused = await dev.up().catch((error: unknown) => String(error));
    expect(refused).toMatch(/Entra could not reach the SCIM endpoint .* with this token/);
    expect(refused).not.toContain(newToken);
    expect(saved()).toContain(oldToken);
    expect(saved()).not.toContain(newToken);
    expect(await cycle(place())).toBeUndefined();

    // Both tokens are valid during the rotation.
    await smallstep.query("insert into scim_logins (directory_id, token) values ($1, $2)", [
      smallstep.directory.id,
      newToken,
    ]);
    await change({ checks: { connections: "error" }, database: { jobPasswordVersion: 2 } });
    const name = registrationName(smallstep.team.slug, "dev");
    const password = async () => (await core.readNamespacedSecret({ name, namespace })).data?.["PGPASSWORD"];
    const oldPassword = await password();
    const looks = { login: () => login(place(), "azuread"), cycle: () => cycle(place()) };
    const { failures } = await throughout(dev.up(), looks);
    expect(failures).toEqual([]);
    expect(saved()).toContain(newToken);
    expect(saved()).not.toContain(oldToken);
    expect(await password()).not.toBe(oldPassword);
    await smallstep.query("delete from scim_logins where token = $1", [oldToken]);
    expect(await cycle(place())).toBeUndefined();

    // The Job succeeds with its new password.
    await smallstep.query("update teams set ssh_directory_id = null where slug = $1", [smallstep.team.slug]);
    await dev.refresh();
    await dev.up();
    expect(await jobEnds(smallstep.team.slug, "dev", 3)).toBe("Complete");
    expect(await directoryOf(smallstep.team.slug)).toBe(smallstep.directory.id);
  });

  it("reports why the Job failed, and runs it again when the setting is corrected", { timeout: 240_000 }, async () => {
    const { smallstep } = environment;
    const { authorityId } = smallstep.team;
    const job = async () => {
      const name = String(
        ((await dev.outputs())["teams"]?.value as Record<string, Record<string, string>>)["default"]?.[
          "registrationJob"
        ],
      );
      // Answers like kubectl, which no package registry of this repository has.
      const kubectl = async (args: readonly string[]) =>
        JSON.stringify(
          args[1] === "job"
            ? await batch.readNamespacedJob({ name, namespace })
            : await core.listNamespacedPod({ namespace, labelSelector: `job-name=${name}` }),
        );
      return until(120, undefined, async () => {
        const found = await readRegistrationJob({ namespace }, name, kubectl);
        return found?.state === "running" ? undefined : found;
      });
    };
    await smallstep.ca.remove("azuread");
    await change({ smallstep: { authorityId: "no-such-authority" } });
    await dev.refresh();
    await dev.up();
    expect(await job()).toMatchObject({ state: "failed", reason: expect.stringMatching(/authorit/i) as string });
    expect(await provisioner("azuread")).toBeUndefined();
    await change({ smallstep: { authorityId } });
    await dev.up();
    expect(await job()).toEqual({ state: "complete" });
    expect(await provisioner("azuread")).toBeDefined();
  });

  it("destroys one environment without changing the other", { timeout: 240_000 }, async () => {
    const { graph, smallstep } = environment;
    await dev.destroy();
    expect(described(await prod.preview({ refresh: true }))).toEqual(unchanged);
    expect(await login(place(), "azuread-prod")).toBeUndefined();
    const roles = () =>
      smallstep.query<{ rolname: string }>("select rolname from pg_roles where rolname like 'registration-%'");
    expect(await roles()).toEqual([{ rolname: registrationName(third.slug, "prod") }]);
    await prod.destroy();
    expect(await roles()).toEqual([]);
    const left = [...graph.state.applications.values()].map(({ displayName }) => displayName);
    expect(left.filter((name) => /^smallstep/i.test(name))).toEqual([]);
    expect((await core.listNamespacedSecret({ namespace })).items).toEqual([]);
  });
});

function newSecret(): string {
  return randomBytes(24).toString("base64url");
}
