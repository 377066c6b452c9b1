import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestEngine } from "@smallstep-ssh/usersync/testing";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { version } from "@pulumi/azuread/package.json";
import { connect, signIn } from "../testing";
import { startExecutable } from "./executable";
import { lifecycles } from "./lifecycles";
import { record, recordCalls, type RecordedOperation } from "./record";

interface RecordFile {
  provider: string;
  operations: RecordedOperation[];
}

const fileOf = (name: string) => path.join(__dirname, `${name}.json`);
const read = (name: string) => JSON.parse(readFileSync(fileOf(name), "utf8")) as RecordFile;
const cases: [string, (tenant: TestTenant, engine: TestEngine) => Promise<RecordedOperation[]>][] = [
  ...lifecycles.map((one): (typeof cases)[number] => [
    one.name,
    (tenant: TestTenant, engine: TestEngine) => record(one, tenant, engine),
  ]),
  ["functions", recordCalls],
];

/**
 * Path of an official azuread plugin. If set, the test compares it with the records too, or writes new records with
 * UPDATE_GOLDEN=1.
 */
const official = process.env["USERSYNC_OFFICIAL_AZUREAD"];

/** Outputs of the official provider that neither the stack nor its examples read. The stand-in lacks them. */
const unused: Record<string, readonly string[]> = {
  application: ["api", "publisherDomain"],
  applicationAlone: ["api", "publisherDomain"],
  servicePrincipal: ["applicationTenantId", "features", "signInAudience", "type"],
  functions: [
    ...["applicationTenantId", "dynamicMemberships", "features", "featureTags", "homepageUrl"],
    ...["oauth2PermissionScopeIds", "oauth2PermissionScopes", "signInAudience", "type"],
  ],
};

/**
 * Selects the parts that must be equal. Requests must match exactly. States match by their set values, because plugins
 * represent unset properties differently. Plans match by property, not by the part of the property that differs.
 */
function comparable(operation: RecordedOperation, omitted: readonly string[]): RecordedOperation {
  const { differing, state, ...same } = operation;
  const properties = differing && [...new Set(differing.map((one) => one.replace(/[.[].*/, "")))];
  if (state === undefined || state === null) return { ...same, ...(properties && { differing: properties }), state };
  const compared = Object.entries(state).filter(([name]) => name !== "id" && !omitted.includes(name));
  return { ...same, state: normalized(Object.fromEntries(compared)) };
}

/** Numbers the ids again, because omitted outputs can contain ids. */
function numbered(operations: RecordedOperation[]): unknown {
  const ids: string[] = [];
  const text = JSON.stringify(operations).replace(/\{id \d+\}/g, (id) => {
    if (!ids.includes(id)) ids.push(id);
    return `{id ${ids.indexOf(id)}}`;
  });
  return JSON.parse(text);
}

function normalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalized);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, normalized(one)] as const);
  return Object.fromEntries(entries.filter(([, one]) => !isUnset(one)));
}

function isUnset(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isUnset);
  return value === null || value === undefined || value === "" || value === false;
}

describe("azuread stand-in", () => {
  let tenant: TestTenant;
  let engine: TestEngine;
  beforeAll(async () => {
    tenant = await startTestTenant();
    engine = await connect(tenant, tenant.everything);
  });
  afterAll(async () => {
    engine.close();
    await tenant.close();
  });

  it.each(cases)("sends the recorded requests of the official provider for %s", async (name, run) => {
    const { provider, operations } = read(name);
    expect(provider).toBe(`azuread ${version}`);
    const compared = (all: RecordedOperation[]) => numbered(all.map((one) => comparable(one, unused[name] ?? [])));
    expect(compared(await run(tenant, engine))).toEqual(compared(operations));
  });
});

describe("official azuread provider", () => {
  // Many operations wait 20 seconds or more. Each lifecycle has its own tenant, so that all of them wait in parallel.
  it.concurrent.for(cases)("sends the recorded requests for %s", { timeout: 600_000 }, async ([name, run], context) => {
    if (official === undefined)
      return context.skip("USERSYNC_OFFICIAL_AZUREAD is not set to the path of an official azuread plugin.");
    const tenant = await startTestTenant();
    const plugin = await startExecutable(official, tenant.authority.trustEnvironment());
    try {
      await signIn(plugin.engine, tenant, tenant.everything);
      const found: RecordFile = { provider: `azuread ${version}`, operations: await run(tenant, plugin.engine) };
      if (process.env["UPDATE_GOLDEN"] === "1") {
        const options = await resolveConfig(fileOf(name));
        writeFileSync(fileOf(name), await format(JSON.stringify(found), { ...options, filepath: fileOf(name) }));
      }
      context.expect(found).toEqual(read(name));
    } finally {
      await plugin.close();
      await tenant.close();
    }
  });
});
