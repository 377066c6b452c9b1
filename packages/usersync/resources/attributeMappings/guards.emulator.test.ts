import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { peopleWriter, presets } from "entra-mappings";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import type { GraphClient } from "../../clients/graph/client";
import { openGraph } from "../../clients/graph/openGraph";
import { UNKNOWN, type CallContext, type PropertyMap } from "../../host/types";
import { attributeMappings } from "./attributeMappings";
import type { EntraConfig } from "../entraConfig";
import { provisioning } from "../provisioning/provisioning";
import { teams } from "../teams";

const localPart = { expression: presets["upn-local-part"].expression, matchingPriority: 1 };
const withoutDots = { expression: presets["local-part-without-dots"].expression, matchingPriority: 1 };
const email = 'emails[type eq "work"].value';

describe("safeguards with the Graph emulator", () => {
  let tenant: TestTenant;
  let graph: GraphClient;
  let jobId: string;
  let messages: string[];
  let ctx: CallContext<EntraConfig>;
  const group = (name: string) => tenant.graph.state.groupByName(name).id;

  async function client(credentials: { clientId: string; clientSecret: string }): Promise<GraphClient> {
    const { clientId, clientSecret } = credentials;
    const { metadataHost, tenantId } = tenant.graph;
    const trust = tenant.authority.caPem;
    return openGraph({ tenantId, clientId, clientSecret, metadataHost }, { trust, env: {} });
  }

  beforeAll(async () => {
    tenant = await startTestTenant();
    graph = await client(tenant.graph.deployer);
    const { servicePrincipalId } = await tenant.enterpriseApp();
    const path = `/servicePrincipals/${servicePrincipalId}`;
    const { body } = await tenant.client.post(`/v1.0${path}/synchronization/jobs`, { templateId: "scim" });
    jobId = `${path}/synchronization/jobs/${String(body.id)}`;
    const principal = tenant.graph.state.servicePrincipals.get(servicePrincipalId);
    for (const name of ["platform-ssh", "platform-sudo"]) {
      const { status } = await tenant.client.post(`/v1.0${path}/appRoleAssignedTo`, {
        principalId: group(name),
        resourceId: servicePrincipalId,
        appRoleId: principal?.appRoles.find((role) => role.displayName === "User")?.id,
      });
      expect(status).toBe(201);
    }
  });
  afterAll(() => tenant.close());
  beforeEach(() => {
    messages = [];
    ctx = {
      config: {
        graph: () => Promise.resolve(graph),
        retryDelays: { visibilityDelays: [], start: [] },
        people: peopleWriter(),
      },
      signal: new AbortController().signal,
      log: (severity, message) => void messages.push(`${severity}: ${message}`),
      redact: (text) => text,
    };
    tenant.graph.requests.clear();
  });
  const changesMade = () =>
    tenant.graph.requests.all().filter(({ method, path }) => method !== "GET" && path.startsWith("/v1.0"));

  describe("guard of mappings", () => {
    const inputs = (mappings: PropertyMap, limits: PropertyMap = {}): PropertyMap => ({
      jobId,
      sourceObject: "User",
      exclusive: true,
      mappings: {
        userName: localPart,
        active: { expression: "Not([IsSoftDeleted])" },
        [email]: { source: "mail" },
        ...mappings,
      },
      maxRenamedPercent: 10,
      maxLockedOutPercent: 10,
      ...limits,
    });
    const diff = (before: PropertyMap, after: PropertyMap, declared: PropertyMap = before) =>
      attributeMappings.diff(ctx, {
        urn: "urn",
        id: jobId,
        oldInputs: before,
        oldOutputs: { ...before, declaredMappings: declared["mappings"] },
        newInputs: after,
        ignoreChanges: [],
      });

    it("rejects more renames than the limit and names the users and the setting", async () => {
      const refused = diff(inputs({}), inputs({ userName: withoutDots }));
      await expect(refused).rejects.toThrow(/bill\.gates@corp\.com: bill\.gates -> billgates/);
      await expect(refused).rejects.toThrow(/safeguards\.maxRenamedPercent of the stack\) to \d+/);
      expect(changesMade()).toEqual([]);
    });

    it("warns about renames that the limit allows", async () => {
      const { changes } = await diff(inputs({}), inputs({ userName: withoutDots }, { maxRenamedPercent: 100 }));
      expect(Object.keys(changes)).toEqual(["mappings.userName.expression"]);
      expect(messages.join()).toMatch(/^warning: mappings\.userName changes: \d+ of \d+ users get another name/);
    });

    it.each<[string, PropertyMap, RegExp]>([
      ["no email", { [email]: { source: "employeeId" } }, /users could no longer log in:\n {2}.*: gets no email/],
      ["inactive", { active: { constant: "False" } }, /: is not active/],
      ["no user name", { userName: { source: "employeeId", matchingPriority: 1 } }, /: gets no user name/],
    ])("rejects a mapping that locks out more users than the limit: %s", async (_what, change, expected) => {
      const refused = diff(inputs({}), inputs(change));
      await expect(refused).rejects.toThrow(expected);
      await expect(refused).rejects.toThrow(/safeguards\.maxLockedOutPercent of the stack\) to \d+/);
    });

    it("warns about a repair of drift and does not reject it", async () => {
      await diff(inputs({ userName: withoutDots }), inputs({}), inputs({}));
      expect(messages.join()).toMatch(/bill\.gates@corp\.com: billgates -> bill\.gates/);
    });

    it("compares a change with the declared mappings, not with drift", async () => {
      const refused = diff(inputs({ userName: withoutDots }), inputs({ userName: withoutDots }), inputs({}));
      await expect(refused).resolves.toEqual({ changes: {} });
      const other = { expression: presets["initial-surname"].expression, matchingPriority: 1 };
      await expect(diff(inputs({ userName: withoutDots }), inputs({ userName: other }), inputs({}))).rejects.toThrow(
        /bill\.gates -> bgates/,
      );
    });

    it("reads no members when no login mapping changes and treats a changed limit as no change", async () => {
      await diff(inputs({}), inputs({ displayName: { source: "displayName" } }));
      expect(tenant.graph.requests.all().filter(({ path }) => path.includes("/members"))).toEqual([]);
      expect((await diff(inputs({}), inputs({}, { maxRenamedPercent: 50 }))).changes).toEqual({});
    });

    it("warns that the effect cannot be determined when users are not readable", async () => {
      graph = await client(
        tenant.graph.addClient({
          permissions: ["Synchronization.ReadWrite.All", "Application.Read.All", "GroupMember.Read.All"],
        }),
      );
      await diff(inputs({}), inputs({ userName: withoutDots }));
      graph = await client(tenant.graph.deployer);
      expect(messages.join()).toMatch(
        /the affected users cannot be determined: .* it needs the application permission User\.Read\.All/,
      );
    });
  });

  describe("guard of groups", () => {
    const inputs = (groups: PropertyMap["groups"], limit = 10): PropertyMap => ({
      jobId,
      enabled: true,
      groups,
      maxLockedOutPercent: limit,
    });
    const diff = (before: PropertyMap, after: PropertyMap) =>
      provisioning.diff(ctx, {
        urn: "urn",
        id: jobId,
        oldInputs: before,
        oldOutputs: before,
        newInputs: after,
        ignoreChanges: [],
      });

    it("rejects unassigning the last group of more users than the limit", async () => {
      const both = [group("platform-ssh"), group("platform-sudo")];
      const refused = diff(inputs(both), inputs([group("platform-sudo")]));
      await expect(refused).rejects.toThrow(
        /groups: no longer assigned: platform-ssh \([0-9a-f-]+\)\. \d+ of \d+ users are in no other group: Entra would disable them/,
      );
      await expect(refused).rejects.toThrow(/safeguards\.maxLockedOutPercent of the stack\) to \d+/);
      expect(changesMade()).toEqual([]);
    });

    it("warns about an unassigned group that the limit allows", async () => {
      await diff(inputs([group("platform-ssh"), group("platform-sudo")]), inputs([group("platform-sudo")], 100));
      expect(messages.join()).toMatch(/^warning: groups: no longer assigned: platform-ssh/);
    });

    it("logs nothing when all users are in another group or the group no longer exists", async () => {
      await diff(inputs([group("platform-ssh"), group("platform-sudo")]), inputs([group("platform-ssh")]));
      await diff(
        inputs([group("platform-ssh"), "11111111-2222-4333-8444-000000000000"]),
        inputs([group("platform-ssh")]),
      );
      expect(messages).toEqual([]);
    });

    it("treats a group that does not exist yet as empty", async () => {
      await expect(diff(inputs([group("platform-ssh")]), inputs([UNKNOWN]))).rejects.toThrow(
        /(\d+) of \1 users are in no other group/,
      );
    });

    it("makes no request when no group is unassigned", async () => {
      await diff(inputs([group("platform-ssh")]), inputs([group("platform-ssh"), group("platform-sudo")]));
      await diff({ jobId, enabled: true }, inputs([group("platform-ssh")]));
      expect(tenant.graph.requests.all()).toEqual([]);
    });
  });

  describe("guard of teams", () => {
    const directoryId = "1f3c1c4e-0e0b-4a55-8f0e-1d7e4a1b2c3d";
    const other = { directoryId: "5b6a2f0e-9f0d-4d0a-8d5e-0a6c7a3f4e22", servicePrincipalId: "x" };
    const acme = () => ({ directoryId, servicePrincipalId: jobId.split("/")[2] ?? "" });
    const diff = (before: PropertyMap, after: PropertyMap, allowTeamRemoval?: string[]) => {
      const oldInputs = { teams: before };
      const newInputs = { teams: after, allowTeamRemoval };
      return teams.diff(ctx, { urn: "", id: "teams", oldInputs, oldOutputs: oldInputs, newInputs, ignoreChanges: [] });
    };
    const users = () => {
      const { state } = tenant.graph;
      const ids = ["platform-ssh", "platform-sudo"].flatMap((name) => state.members.targets(group(name)));
      return [...new Set(ids)].filter((id) => state.users.get(id)?.accountEnabled === true).length;
    };

    it.each<[string, () => PropertyMap, string]>([
      ["a removed team", () => ({ blue: other }), "removes the team with its apps"],
      ["a renamed team", () => ({ acme2: acme() }), "gives the team another slug"],
      [
        "another directory",
        () => ({ acme: { ...acme(), directoryId: other.directoryId } }),
        "replaces directory 1f3c1c4e-",
      ],
      [
        "another enterprise application",
        () => ({ acme: { ...other, directoryId } }),
        "replaces the enterprise application",
      ],
      [
        "an enterprise application to create",
        () => ({ acme: { directoryId, servicePrincipalId: UNKNOWN } }),
        "replaces the enterprise application",
      ],
    ])("rejects %s and names the number of users and the setting", async (_what, after, effect) => {
      const refused = diff({ acme: acme(), blue: other }, { blue: other, ...after() });
      await expect(refused).rejects.toThrow(`teams.acme: the change ${effect}`);
      expect(users()).toBeGreaterThan(3);
      await expect(refused).rejects.toThrow(
        `: ${users()} users could no longer log in. Nothing was removed. If this is intended, add "acme" to allowTeamRemoval ` +
          "(safeguards.allowTeamRemoval of the stack)",
      );
      expect(changesMade()).toEqual([]);
    });

    it("warns about the removal of a team that the setting names, and rejects that of another one", async () => {
      const before = { acme: acme(), blue: acme() };
      await expect(diff(before, {}, ["acme"])).rejects.toThrow(/^teams\.blue: [^\n]*$/);
      messages = [];
      expect(Object.keys((await diff(before, {}, ["acme", "blue"])).changes)).toHaveLength(2);
      expect(messages.map((one) => one.split(":").slice(0, 2).join(":"))).toEqual([
        'warning: Team "acme"',
        'warning: Team "blue"',
      ]);
    });

    it("accepts another enterprise application in place of one that no longer exists", async () => {
      await diff({ acme: { ...other, directoryId } }, { acme: { directoryId, servicePrincipalId: UNKNOWN } });
      expect(messages).toEqual([]);
    });

    it("rejects the removal of a team whose enterprise application no longer exists", async () => {
      const refused = diff({ acme: { ...other, directoryId } }, {});
      await expect(refused).rejects.toThrow(/removes the team .*: its users could no longer log in\./);
    });

    it("rejects the removal when the users cannot be counted", async () => {
      graph = await client(tenant.graph.addClient({ permissions: ["Synchronization.ReadWrite.All"] }));
      const refused = diff({ acme: acme() }, {});
      await expect(refused).rejects.toThrow(/registration: its users could no longer log in\./);
      graph = await client(tenant.graph.deployer);
    });

    it("makes no request when no team is removed", async () => {
      await diff({ acme: acme() }, { acme: { ...acme(), directoryId: directoryId.toUpperCase() }, blue: other });
      expect(tenant.graph.requests.all()).toEqual([]);
    });
  });

  describe("guard of a job held by accidental-deletion prevention", () => {
    const record = () => tenant.graph.state.jobs.get(jobId.split("/").at(-1) ?? "")!;
    const inputs = (more: PropertyMap = {}): PropertyMap => ({ jobId, enabled: true, ...more });
    const update = (more: PropertyMap = {}) =>
      provisioning.update(ctx, {
        urn: "urn",
        id: jobId,
        oldInputs: inputs({ enabled: false }),
        oldOutputs: {},
        newInputs: inputs(more),
        preview: false,
      });

    beforeEach(() => {
      const { job } = record();
      job.schedule.state = "Active";
      Object.assign(job.status, {
        code: "Quarantine",
        quarantine: {
          currentBegan: "2026-01-01T00:00:00Z",
          reason: "TooManyDeletes",
          error: { code: "TooManyDeletes", message: "40 objects would go, more than the threshold of 5." },
        },
      });
      record().forceDeletes = false;
      tenant.graph.state.syncSecrets.set(record().servicePrincipalId, [
        { key: "BaseAddress", value: "https://scim.example" },
        { key: "SecretToken", value: "x" },
      ]);
    });

    it("reports a held job as drift with the reason", async () => {
      const read = await provisioning.read(ctx, { urn: "urn", id: jobId, inputs: inputs(), outputs: {} });
      expect(read?.inputs["enabled"]).toBe(false);
      expect(messages.join()).toMatch(
        /The job is held by accidental-deletion prevention since .* \(40 objects would go/,
      );
    });

    it("rejects starting a held job by default, because starting could disable users", async () => {
      await expect(update()).rejects.toThrow(
        /^enabled: the job is held by accidental-deletion prevention .*safeguards\.heldDeletions of the stack\) to retry; if the deletions are intended, set it to allow/,
      );
      expect(changesMade()).toEqual([]);
      expect(record().job.status.code).toBe("Quarantine");
    });

    it("starts a held job again when heldDeletions is retry", async () => {
      await update({ heldDeletions: "retry" });
      expect(changesMade().map(({ path }) => path.split("/").at(-1))).toEqual(["start"]);
      expect(record().forceDeletes).toBe(false);
    });

    it("lets a held job continue when heldDeletions is allow", async () => {
      await update({ heldDeletions: "allow" });
      expect(changesMade().map(({ path, body }) => [path.split("/").at(-1), body])).toEqual([
        ["restart", { criteria: { resetScope: "ForceDeletes, QuarantineState" } }],
      ]);
      expect(record().forceDeletes).toBe(true);
    });
  });
});
