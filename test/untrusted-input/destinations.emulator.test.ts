import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSettings } from "@smallstep-ssh/stack/testing";
import { readTeam, withDatabase, writeTeam, type DatabaseSettings } from "@smallstep-ssh/usersync/clients";
import { TestEngine } from "@smallstep-ssh/usersync/testing";
import { usersync } from "@smallstep-ssh/usersync/plugin";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { connect, Managed, secret, startTestServer, type TestServer } from "@smallstep-ssh/plugin-stand-ins/testing";
import { untrustedStrings } from "entra-mappings/testing";
import { withValue, type Path } from "./paths";

/**
 * Returns the untrusted strings that a setting accepts. Rejected strings reach no service (see inputRoundTrip.test.ts).
 */
function takenBy(path: Path): string[] {
  return untrustedStrings
    .map(({ text }) => text)
    .filter((text) => {
      try {
        checkSettings(withValue(path, text));
        return true;
      } catch {
        return false;
      }
    });
}

const type = (name: string) => `azuread:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const titles = takenBy(["oidc", "displayName"]);
const slow = { timeout: 240_000 };

describe(`Microsoft Graph with ${titles.length} accepted names`, () => {
  let tenant: TestTenant;
  let engine: TestEngine;
  beforeAll(async () => {
    tenant = await startTestTenant();
    engine = await connect(tenant);
  });
  afterAll(async () => {
    engine?.close();
    await tenant?.close();
  });
  const nameAt = async (path: string) => (await tenant.client.get(`/v1.0${path}`)).body.displayName as string;

  it("stores group names unchanged and finds each group by its name", slow, async () => {
    for (const text of titles) {
      const group = await Managed.create(engine, type("Group"), { displayName: text, securityEnabled: true });
      expect(await nameAt(`/groups/${group.outputs["objectId"] as string}`)).toBe(text);
    }
    // The provider does not escape quotes in the names that it looks up. The configuration rejects such names.
    const alike = (text: string) => titles.filter((title) => title.toLowerCase() === text.toLowerCase()).length;
    for (const text of titles.filter((title) => !title.includes("'") && alike(title) === 1)) {
      const args = { displayName: text, securityEnabled: true };
      const { result, failures } = await engine.invoke("azuread:index/getGroup:getGroup", args);
      expect(failures, JSON.stringify(text)).toEqual([]);
      expect(result["displayName"]).toBe(text);
    }
  });

  it("stores application names unchanged", slow, async () => {
    for (const [index, text] of titles.entries()) {
      // Each create sends many requests, so only a sample is tested.
      if (index % 3 !== 0) continue;
      const application = await Managed.create(engine, type("Application"), { displayName: text });
      expect(await nameAt(`/applications/${application.outputs["objectId"] as string}`)).toBe(text);
      if (index % 15 !== 0) continue;
      const template = { displayName: text, templateId: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621" };
      const enterprise = await Managed.create(engine, type("ApplicationFromTemplate"), template);
      expect(await nameAt(`/servicePrincipals/${enterprise.outputs["servicePrincipalObjectId"] as string}`)).toBe(text);
    }
  });

  it("stores constants and default values of mappings unchanged", slow, async () => {
    const { servicePrincipalId } = await tenant.enterpriseApp();
    const job = await Managed.create(engine, type("SynchronizationJob"), {
      servicePrincipalId: `/servicePrincipals/${servicePrincipalId}`,
      templateId: "scim",
      enabled: false,
    });
    const times = { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 };
    const own = await TestEngine.start(
      usersync({
        graph: { trust: tenant.authority.caPem, times, env: {} },
        retryDelays: { visibilityDelays: [5, 5], start: [5] },
      }),
    );
    const { graph } = tenant;
    await own.configure({ tenantId: graph.tenantId, ...graph.deployer, metadataHost: graph.metadataHost });
    const record = graph.state.jobs.get(job.id) ?? [...graph.state.jobs.values()][0];
    if (record === undefined) throw new Error("The tenant has no synchronization job.");
    const mapped = () =>
      record.schema.synchronizationRules
        .flatMap((rule) => rule.objectMappings)
        .find((one) => one.sourceObjectName === "User")?.attributeMappings ?? [];
    const targets = [
      "title",
      "externalId",
      "nickName",
      "locale",
      "timezone",
      "userType",
      "preferredLanguage",
      "profileUrl",
    ];
    const known = new Set(
      record.schema.directories.flatMap(({ objects }) =>
        objects.flatMap(({ attributes }) => attributes.map(({ name }) => name)),
      ),
    );
    const usable = targets.filter((name) => known.has(name));
    expect(usable.length).toBeGreaterThan(2);
    let program: Managed | undefined;
    for (let first = 0; first < titles.length; first += usable.length) {
      const texts = titles.slice(first, first + usable.length);
      const entries = texts.map((text, index) => [usable[index], { constant: text, default: text }]);
      const mappings = { userName: { source: "mailNickname", matchingPriority: 1 }, ...Object.fromEntries(entries) };
      if (program === undefined) {
        program = await Managed.create(own, "usersync:entra:AttributeMappings", { jobId: job.id, mappings });
      } else await program.update({ jobId: job.id, mappings });
      for (const [index, text] of texts.entries()) {
        const found = mapped().find(({ targetAttributeName }) => targetAttributeName === usable[index]);
        expect(found?.source, JSON.stringify(text)).toMatchObject({ type: "Constant", name: text });
        expect(found?.defaultValue).toBe(text);
      }
      // The service returns the declared values, so a refresh reports no drift.
      expect((await program.plan({ jobId: job.id, mappings })).detailed).toEqual({});
      expect(await program.refresh()).toBe(true);
      expect((await program.plan({ jobId: job.id, mappings })).detailed).toEqual({});
    }
    own.close();
  });
});

/** Returns whether RFC 4013 leaves a password unchanged. Servers apply it to passwords, but not every client does. */
const sameForAll = (password: string) =>
  password.normalize("NFKC") === password && !/\p{Default_Ignorable_Code_Point}/u.test(password);

// PostgreSQL reserves names that start with pg_, and the provider treats the password "null" as unset.
const roles = takenBy(["database", "username"]).filter((text) => !/^pg_|^null$/i.test(text));

describe(`PostgreSQL with ${roles.length} accepted role names and passwords`, () => {
  let server: TestServer;
  let engine: TestEngine;
  beforeAll(async () => {
    server = await startTestServer();
    engine = await server.engine(server.database.superuser);
  });
  afterAll(() => server?.close());

  it("creates roles with unchanged names and accepts their unchanged passwords", slow, async () => {
    const { host, port, name } = server.database;
    const rootCert = readFileSync(server.caFile, "utf8");
    for (const text of roles) {
      const password = sameForAll(text) ? text : "a password";
      const inputs = { name: text, login: true, password: secret(password) };
      await Managed.create(engine, "postgresql:index/role:Role", inputs);
      const settings: DatabaseSettings = {
        host,
        port,
        name,
        username: text,
        password,
        sslmode: "verify-full",
        rootCert,
      };
      const [row] = await withDatabase(
        settings,
        async (client) => (await client.query<{ u: string }>("select current_user as u")).rows,
      );
      expect(row?.u).toBe(text);
    }
    expect(await server.database.query("select slug from teams order by slug")).toHaveLength(2);
  });

  it("finds no team for any untrusted slug and changes no row", slow, async () => {
    const { host, port, name, deployer } = server.database;
    const settings = {
      host,
      port,
      name,
      ...deployer,
      sslmode: "verify-full" as const,
      rootCert: readFileSync(server.caFile, "utf8"),
    };
    await withDatabase(settings, async (client) => {
      for (const { text } of untrustedStrings) {
        if (text.length > 10_000) continue;
        await expect(readTeam(client, text), JSON.stringify(text)).rejects.toThrow();
        await client.query("rollback");
        await expect(writeTeam(client, text, null)).rejects.toThrow();
        await client.query("rollback");
      }
    });
    const left = await server.database.query<{ slug: string; id: string | null }>(
      "select slug, ssh_directory_id as id from teams order by slug",
    );
    expect(left).toEqual([
      { slug: "acme", id: null },
      { slug: "globex", id: server.database.otherTeam.directoryId },
    ]);
  });
});
