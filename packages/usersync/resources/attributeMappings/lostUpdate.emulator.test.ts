import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { SynchronizationSchema } from "entra-emulator";
import { peopleWriter } from "entra-mappings";
import { type TestTenant, startTestTenant } from "entra-emulator/testing";
import type { CallContext } from "../../host/types";
import { openGraph } from "../../clients/graph/openGraph";
import { applyMappings } from "./applyMappings";
import type { MappingsInputs } from "./inputs";
import type { EntraConfig } from "../entraConfig";

const waits = { visibilityDelays: [2, 2, 2], start: [] };
const times = { firstMs: 2, maxRetryAfterMs: 2000, requestMs: 20_000 };
const wanted = { userName: { source: "mail", matchingPriority: 1 }, displayName: { source: "displayName" } };

let tenant: TestTenant;
let jobId: string;
let messages: string[] = [];
let ctx: CallContext<EntraConfig>;

beforeAll(async () => {
  tenant = await startTestTenant();
  const { metadataHost, tenantId, deployer } = tenant.graph;
  const { clientId, clientSecret } = deployer;
  const settings = { metadataHost, tenantId, clientId, clientSecret };
  const graph = await openGraph(settings, { trust: tenant.authority.caPem, times, env: {} });
  ctx = {
    config: { graph: () => Promise.resolve(graph), retryDelays: waits, people: peopleWriter() },
    signal: new AbortController().signal,
    log: (_severity, lines) => void messages.push([lines].flat().join("\n")),
    redact: (text) => text,
  };
});
afterAll(() => tenant.close());

const add = { original: undefined as undefined | TestTenant["graph"]["requests"]["add"] };
/** Calls `act` after the emulator has processed a schema request of this method, before it responds. */
function afterRequest(method: string, act: (times: number) => void): void {
  const { requests } = tenant.graph;
  add.original ??= requests.add.bind(requests);
  const original = add.original;
  let reads = 0;
  requests.add = (entry) => {
    original(entry);
    if (entry.method === method && entry.path.endsWith("/schema")) act(++reads);
  };
}

beforeEach(async () => {
  messages = [];
  tenant.graph.faults.clear();
  if (add.original) tenant.graph.requests.add = add.original;
  const { servicePrincipalId } = await tenant.enterpriseApp();
  const path = `/servicePrincipals/${servicePrincipalId}/synchronization`;
  const { body } = await tenant.client.post(`/v1.0${path}/jobs`, { templateId: "scim" });
  jobId = `${path}/jobs/${String(body.id)}`;
  tenant.graph.requests.clear();
});

const record = () => {
  const found = tenant.graph.state.jobs.get(jobId.split("/").at(-1) ?? "");
  return found ?? expect.fail("the job no longer exists");
};
const objectMapping = (schema: SynchronizationSchema, source: string) =>
  schema.synchronizationRules.flatMap((rule) => rule.objectMappings).find((one) => one.sourceObjectName === source) ??
  expect.fail(source);
const targets = () => objectMapping(record().schema, "User").attributeMappings.map((one) => one.targetAttributeName);
const puts = () => tenant.graph.requests.all().filter(({ method }) => method === "PUT").length;
const inputs = (mappings: MappingsInputs["mappings"] = wanted, exclusive = true): MappingsInputs => ({
  jobId,
  mappings,
  sourceObject: "User",
  exclusive,
});
/** Simulates a change in the portal of group mappings, which the program does not declare. */
function changeGroupsConcurrently(name: string): void {
  const { schema } = record();
  const group = objectMapping(structuredClone(schema), "Group");
  group.attributeMappings = [{ ...group.attributeMappings[0]!, defaultValue: name }];
  const rules = schema.synchronizationRules.map((rule) => ({
    ...rule,
    objectMappings: rule.objectMappings.map((one) => (one.sourceObjectName === "Group" ? group : one)),
  }));
  const [major, minor] = schema.version.split(".");
  record().schema = { ...schema, synchronizationRules: rules, version: `${major}.${Number(minor) + 1}` };
}
const groupDefaults = () => objectMapping(record().schema, "Group").attributeMappings.map((one) => one.defaultValue);

describe("changeMappings with concurrent changes", () => {
  it("keeps a change between read and write and logs a warning", async () => {
    afterRequest("GET", (times) => times === 1 && changeGroupsConcurrently("theirs"));
    await applyMappings(ctx, inputs());
    expect(groupDefaults()).toEqual(["theirs"]);
    expect(targets().sort()).toEqual(["displayName", "userName"]);
    expect(puts()).toBe(1);
    expect(messages).toEqual([
      "Another client is changing the synchronization schema at the same time. The other changes are kept.",
    ]);
  });

  it("keeps a change during a retry and does not send the first body again", async () => {
    tenant.graph.faults.inject({ method: "PUT" }, { kind: "unavailable", retryAfter: 0.05 });
    afterRequest("PUT", (times) => times === 1 && changeGroupsConcurrently("theirs"));
    await applyMappings(ctx, inputs());
    expect(groupDefaults()).toEqual(["theirs"]);
    expect(targets().sort()).toEqual(["displayName", "userName"]);
    expect(puts()).toBe(2);
  });

  it("keeps a change after a write with a lost response and does not write again", async () => {
    tenant.graph.faults.inject({ method: "PUT" }, { kind: "reset", when: "after" });
    afterRequest("PUT", (times) => times === 1 && changeGroupsConcurrently("theirs"));
    const outputs = await applyMappings(ctx, inputs());
    expect(puts()).toBe(1);
    expect(groupDefaults()).toEqual(["theirs"]);
    expect(outputs["schemaVersion"]).toBe(record().schema.version);
  });

  it("fails without a write when the schema keeps changing", async () => {
    let count = 0;
    afterRequest("GET", () => changeGroupsConcurrently(`theirs${++count}`));
    await expect(applyMappings(ctx, inputs())).rejects.toThrow(
      "Another client is changing the synchronization schema at the same time. Nothing was written. Run the deployment again later.",
    );
    expect(puts()).toBe(0);
  });

  it("reverts drift of declared mappings and logs a warning", async () => {
    const before = { inputs: inputs(), outputs: await applyMappings(ctx, inputs()) };
    const { schema } = record();
    const name = objectMapping(schema, "User").attributeMappings.find((one) => one.targetAttributeName === "userName");
    Object.assign(name ?? {}, { source: { type: "Attribute", name: "mailNickname", expression: "[mailNickname]" } });
    record().schema = { ...schema, version: "v2.99" };
    await applyMappings(ctx, inputs({ ...wanted, title: { source: "jobTitle" } }), before);
    expect(messages).toEqual([
      "mappings.userName was changed outside of this program: it is [mailNickname], matching with precedence 1.",
    ]);
    expect(targets().sort()).toEqual(["displayName", "title", "userName"]);
  });

  it("fails when a declared mapping is changed right after the write", async () => {
    afterRequest("PUT", () => {
      const { schema } = record();
      const user = objectMapping(schema, "User");
      user.attributeMappings = user.attributeMappings.filter((one) => one.targetAttributeName !== "displayName");
    });
    await expect(applyMappings(ctx, inputs())).rejects.toThrow(
      /does not return all of it, or another client has changed it since: displayName is not mapped\.$/,
    );
  });
});

describe("changeMappings with unknown properties", () => {
  const unknown = fc.dictionary(fc.stringMatching(/^x[a-z]{1,5}$/), fc.jsonValue({ maxDepth: 2 }), {
    minKeys: 1,
    maxKeys: 3,
  });

  it("preserves unknown properties at every level of any schema", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(unknown, { minLength: 9, maxLength: 9 }), fc.boolean(), async (extras, exclusive) => {
        // Use a new job for each run, so that no state remains from the previous one.
        const path = jobId.replace(/\/[^/]+$/, "");
        const { body } = await tenant.client.post(`/v1.0${path}`, { templateId: "scim" });
        jobId = `${path}/${String(body.id)}`;
        const decorated = decorate((await tenant.client.get(`/v1.0${jobId}/schema`)).body, extras);
        expect((await tenant.client.put(`/v1.0${jobId}/schema`, decorated)).status).toBe(204);
        const before = record().schema;
        await applyMappings(ctx, inputs(wanted, exclusive));
        expect(withoutOurs(record().schema)).toEqual(withoutOurs(before));
        const after = objectMapping(record().schema, "User").attributeMappings;
        for (const one of objectMapping(before, "User").attributeMappings) {
          const now = after.find(({ targetAttributeName }) => targetAttributeName === one.targetAttributeName);
          if (now !== undefined) expect(unknownOf(now)).toEqual(unknownOf(one));
        }
      }),
      { numRuns: 25 },
    );
  });

  type Json = Record<string, unknown>;
  /**
   * Adds unknown properties to the template's schema at every level, from the schema to the parameters of a function.
   */
  function decorate(schema: SynchronizationSchema, extras: Record<string, unknown>[]): Json {
    const [top, rule, object, mapping, source, parameter, directory, definition, attribute] = extras;
    const inSource = (one: Json | null): Json | null =>
      one && {
        ...source,
        ...one,
        parameters: ((one["parameters"] ?? []) as Json[]).map((entry) => ({
          ...parameter,
          ...entry,
          value: inSource(entry["value"] as Json),
        })),
      };
    return {
      ...top,
      ...schema,
      synchronizationRules: schema.synchronizationRules.map((one) => ({
        ...rule,
        ...one,
        objectMappings: one.objectMappings.map((entry) => ({
          ...object,
          ...entry,
          attributeMappings: entry.attributeMappings.map((inner) => ({
            ...mapping,
            ...inner,
            source: inSource(inner.source as Json | null),
          })),
        })),
      })),
      directories: schema.directories.map((one) => ({
        ...directory,
        ...one,
        objects: one.objects.map((entry) => ({
          ...definition,
          ...entry,
          attributes: entry.attributes.map((inner) => ({ ...attribute, ...inner })),
        })),
      })),
    };
  }

  function withoutOurs(schema: SynchronizationSchema): unknown {
    return JSON.parse(
      JSON.stringify({ ...schema, version: "" }, function (this: Json, key, value: unknown) {
        return key === "attributeMappings" && this["sourceObjectName"] === "User" ? "ours" : value;
      }),
    );
  }

  function unknownOf(mapping: Json): unknown {
    const own = (value: Json): Json => Object.fromEntries(Object.entries(value).filter(([key]) => key.startsWith("x")));
    const source = mapping["source"] as Json | null;
    return [own(mapping), source === null ? {} : own(source)];
  }
});
