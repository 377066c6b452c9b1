import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peopleWriter } from "entra-mappings";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import type { ProvisioningEvent } from "entra-emulator";
import { clientSecrets } from "./applications";
import { GraphError } from "./errors";
import { provisioningFailures } from "./provisioningLog";
import type { GraphClient } from "./client";
import { openGraph } from "./openGraph";

let tenant: TestTenant;
let graph: GraphClient;
beforeAll(async () => {
  tenant = await startTestTenant();
  graph = await as(["AuditLog.Read.All", "Application.Read.All"]);
});
afterAll(() => tenant.close());

function as(permissions: string[], people = peopleWriter()): Promise<GraphClient> {
  const { clientId, clientSecret } = tenant.graph.addClient({ permissions });
  const { metadataHost, tenantId } = tenant.graph;
  const options = {
    trust: tenant.authority.caPem,
    times: { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 },
    env: {},
    people,
  };
  return openGraph({ metadataHost, tenantId, clientId, clientSecret }, options);
}

const noon = Date.parse("2026-03-01T12:00:00Z");
function line(minute: number, change: Partial<ProvisioningEvent>): ProvisioningEvent {
  return {
    time: new Date(noon + minute * 60_000).toISOString(),
    jobId: "scim.1",
    action: "skip",
    status: "failure",
    sourceType: "User",
    sourceId: "ada",
    sourceName: "ada@corp.com",
    targetId: null,
    code: "DuplicateTargetEntries",
    reason: "Two accounts match.",
    modified: [],
    ...change,
  };
}

describe("provisioningFailures", () => {
  it("lists objects of the job whose latest event since then is a failure, newest first", async () => {
    tenant.graph.state.provisioningLog.push(
      line(-2000, { sourceId: "old" }),
      line(1, { sourceId: "ada" }),
      line(2, { sourceId: "recovered" }),
      line(3, { sourceId: "recovered", status: "success", code: null, reason: null }),
      line(4, { sourceId: "ada", reason: "Still two." }),
      line(5, { sourceId: "other", jobId: "scim.2" }),
      line(6, { sourceId: "eng", sourceType: "Group", sourceName: "eng" }),
      line(7, { sourceId: "fine", status: "success", code: null, reason: null }),
      line(8, { sourceId: "skipped", status: "skipped" }),
    );
    const { failures, complete } = await provisioningFailures(graph, "scim.1", new Date(noon));
    expect(complete).toBe(true);
    expect(failures.map(({ name, type, code, reason }) => [name, type, code, reason])).toEqual([
      ["eng", "Group", "DuplicateTargetEntries", "Two accounts match."],
      ["ada@corp.com", "User", "DuplicateTargetEntries", "Still two."],
    ]);
  });

  it("names no user and quotes no reason unless people have names", async () => {
    const found = async (mode: "counts" | "pseudonyms") => {
      const people = peopleWriter(mode, "k".repeat(32));
      return (await provisioningFailures(await as(["AuditLog.Read.All"], people), "scim.1", new Date(noon))).failures;
    };
    expect((await found("counts")).map(({ id, name, reason }) => [id, name, reason])).toEqual([
      ["eng", "eng", ""],
      ["", "", ""],
    ]);
    const pseudonym = peopleWriter("pseudonyms", "k".repeat(32)).user({ id: "ada" });
    expect((await found("pseudonyms"))[1]).toMatchObject({ id: pseudonym, name: pseudonym, reason: "" });
  });

  it("reads the provisioning log page by page", async () => {
    for (let n = 0; n < 1200; n++)
      tenant.graph.state.provisioningLog.push(line(10, { sourceId: `u${n}`, jobId: "scim.big" }));
    const { failures } = await provisioningFailures(graph, "scim.big", new Date(noon));
    expect(failures).toHaveLength(1200);
    const requests = tenant.graph.requests.all().filter(({ path }) => path.includes("/auditLogs/provisioning"));
    expect(requests.length).toBeGreaterThanOrEqual(3);
  });

  it("names the missing permission at once", async () => {
    const other = await as(["Application.Read.All"]);
    const error = await provisioningFailures(other, "scim.1", new Date(noon)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ status: 403, permission: "ProvisioningLog.Read.All or AuditLog.Read.All" });
  });
});

it("lists client secrets without their values and returns undefined for an unknown application", async () => {
  const made = await tenant.client.post("/v1.0/applications", { displayName: "OIDC" });
  const passwordCredential = { displayName: "CA", endDateTime: "2299-12-31T00:00:00Z" };
  await tenant.client.post(`/v1.0/applications/${made.body.id}/addPassword`, { passwordCredential });
  const found = await clientSecrets(graph, String(made.body.appId));
  expect(found).toEqual([expect.objectContaining({ displayName: "CA", endDateTime: "2299-12-31T00:00:00Z" })]);
  expect(JSON.stringify(found)).not.toMatch(/"secretText":"/);
  expect(await clientSecrets(graph, "00000000-0000-4000-8000-000000000000")).toBeUndefined();
});
