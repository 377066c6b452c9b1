import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { SECRET, SIGNATURE, UNKNOWN_VALUE } from "../../host/signatures";
import { TestEngine, type WireValue } from "../../host/testing";
import { fingerprintSecret } from "./clientSecretFingerprint";
import { usersync } from "../../plugin";

const REGISTRATION = "usersync:smallstep:Registration";
const LOGIN = "usersync:smallstep:getScimLogin";
const CLIENT_SECRET = "the-client-s3cret";
const fingerprint = fingerprintSecret(CLIENT_SECRET, "client");
const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });

let test: TestSmallstep;
let engine: TestEngine;
beforeAll(async () => {
  test = await startTestSmallstep();
  engine = await TestEngine.start(usersync());
  const { host, port, deployer } = test.smallstep.database;
  const password = secret(deployer.password);
  await engine.configure({
    database: { host, port, username: deployer.username, password, sslRootCert: test.authority.caFile },
  });
});
afterAll(async () => {
  engine?.close();
  await test?.close();
});
beforeEach(async () => {
  const { ca } = test.smallstep;
  await point(null);
  for (const { name } of await ca.provisioners()) if (name === "azuread") await ca.remove(name);
});

const point = (directoryId: string | null) =>
  test.smallstep.query("update teams set ssh_directory_id = $1 where slug = 'acme'", [directoryId]);
const directoryOf = async (slug = "acme") => {
  const rows = await test.smallstep.query<{ id: string | null }>(
    "select ssh_directory_id as id from teams where slug = $1",
    [slug],
  );
  return rows[0]?.id;
};

const endpoint = "https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration";
const wantedProvisioner = {
  name: "azuread",
  clientId: "client",
  clientSecretFingerprint: fingerprint,
  configurationEndpoint: endpoint,
  tenantId: "t",
  domains: ["corp.com", "corp.org"],
  listenAddress: "127.0.0.1:10000",
};
const wanted = (changes: WireValue = {}, provisioner: WireValue = {}): WireValue => ({
  teamSlug: "acme",
  directoryId: test.smallstep.directory.id,
  caUrl: test.smallstep.ca.url,
  caRootCert: test.authority.caPem,
  onDestroy: "keep",
  provisioner: { ...wantedProvisioner, ...provisioner },
  ...changes,
});
const published = {
  type: "OIDC",
  name: "azuread",
  clientID: "client",
  clientSecret: CLIENT_SECRET,
  configurationEndpoint: endpoint,
  tenantID: "t",
  domains: ["corp.com", "corp.org"],
  listenAddress: "127.0.0.1:10000",
  claims: { enableSSHCA: true },
};

/** Makes the changes of the registration Job. */
async function jobRuns(): Promise<void> {
  await test.smallstep.ca.add(published);
  await point(test.smallstep.directory.id);
}

/** Creates the resource and simulates the Job. */
async function registered(changes: WireValue = {}): Promise<{ inputs: WireValue; outputs: WireValue }> {
  const { inputs, failures } = await engine.check(REGISTRATION, wanted(changes));
  expect(failures).toEqual([]);
  const { id, outputs } = await engine.create(REGISTRATION, inputs);
  expect(id).toBe("acme");
  await jobRuns();
  return { inputs, outputs };
}

describe("create of a Registration", () => {
  it("records the team's previous directory and changes nothing", async () => {
    const older = test.smallstep.otherDirectory.id;
    await point(older);
    const { outputs } = await engine.create(REGISTRATION, wanted());
    expect(outputs).toMatchObject({ generation: 1, previousDirectoryId: older });
    expect(await directoryOf()).toBe(older);
    expect((await test.smallstep.ca.provisioners()).map(({ name }) => name)).not.toContain("azuread");
  });

  it("omits previousDirectoryId when the team had no directory and returns it as unknown in a preview", async () => {
    expect((await engine.create(REGISTRATION, wanted())).outputs).not.toHaveProperty("previousDirectoryId");
    const { outputs } = await engine.create(REGISTRATION, wanted(), { preview: true });
    expect(outputs).toMatchObject({ generation: 1, previousDirectoryId: UNKNOWN_VALUE });
  });

  it("counts the other teams when the team is unknown", async () => {
    await expect(engine.create(REGISTRATION, wanted({ teamSlug: "acm" }))).rejects.toThrow(
      /\(2 teams have another one\)/,
    );
  });
});

describe("check of a Registration", () => {
  it("reports all input errors together", async () => {
    const news = wanted(
      { directoryId: "d", caUrl: "http://ca", onDestroy: "drop" },
      { clientId: "", domains: [], configurationEndpoint: "x" },
    );
    const { failures } = await engine.check(REGISTRATION, news);
    expect(failures.map(({ property }) => property).sort()).toEqual([
      "caUrl",
      "directoryId",
      "onDestroy",
      "provisioner.clientId",
      "provisioner.configurationEndpoint",
      "provisioner.domains",
    ]);
  });

  it("accepts unknown inputs and sets onDestroy to keep by default", async () => {
    const { onDestroy: _, ...news } = wanted({ directoryId: UNKNOWN_VALUE }, { clientId: UNKNOWN_VALUE });
    const { inputs, failures } = await engine.check(REGISTRATION, news);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ onDestroy: "keep" });
  });
});

describe("read of a Registration", () => {
  it("reports no drift after the Job, regardless of order and case of domains", async () => {
    const { inputs, outputs } = await registered();
    await test.smallstep.ca.remove("azuread");
    await test.smallstep.ca.add({ ...published, domains: ["Corp.org", "corp.com"] });
    const read = await engine.read(REGISTRATION, "acme", inputs, outputs);
    expect(read.inputs).toEqual(inputs);
    expect((await engine.diff(REGISTRATION, "acme", read.inputs, read.outputs, inputs)).changes).toBe("none");
    expect(read.outputs).toMatchObject({ generation: 1, declaredDirectoryId: inputs["directoryId"] });
  });

  it.each<[string, () => Promise<unknown> | void, string[]]>([
    ["another directory", () => point(test.smallstep.otherDirectory.id), ["directoryId"]],
    ["no directory", () => point(null), ["directoryId"]],
    [
      "another client and tenant",
      async () => {
        await test.smallstep.ca.remove("azuread");
        await test.smallstep.ca.add({ ...published, clientID: "other", tenantID: "u" });
      },
      ["provisioner.clientId", "provisioner.tenantId"],
    ],
    [
      "another secret",
      async () => {
        await test.smallstep.ca.remove("azuread");
        await test.smallstep.ca.add({ ...published, clientSecret: "changed-behind-our-back" });
      },
      ["provisioner.clientSecretFingerprint"],
    ],
    [
      "fewer domains",
      async () => {
        await test.smallstep.ca.remove("azuread");
        await test.smallstep.ca.add({ ...published, domains: ["corp.com"] });
      },
      ["provisioner.domains[1]"],
    ],
  ])("reports drift: %s; the next update repairs it with a new generation", async (_what, drift, paths) => {
    const { inputs, outputs } = await registered();
    await drift();
    const read = await engine.read(REGISTRATION, "acme", inputs, outputs);
    expect(JSON.stringify(read)).toContain('"generation":1');
    const diff = await engine.diff(REGISTRATION, "acme", read.inputs, read.outputs, inputs);
    expect(diff).toMatchObject({ changes: "some", replaces: [] });
    expect(Object.keys(diff.detailed).sort()).toEqual(paths);
    const planned = await engine.update(REGISTRATION, "acme", read.inputs, read.outputs, inputs, { preview: true });
    const updated = await engine.update(REGISTRATION, "acme", read.inputs, read.outputs, inputs);
    expect(planned).toEqual(updated);
    expect(updated).toMatchObject({ generation: 2, directoryId: inputs["directoryId"] });
  });

  it("detects that the CA no longer publishes the provisioner and that it publishes it again", async () => {
    const { inputs, outputs } = await registered();
    await test.smallstep.ca.remove("azuread");
    const read = await engine.read(REGISTRATION, "acme", inputs, outputs);
    expect(read.inputs["provisioner"]).toEqual({ name: "azuread", registered: false });
    const diff = await engine.diff(REGISTRATION, "acme", read.inputs, read.outputs, inputs);
    expect(Object.keys(diff.detailed)).toContain("provisioner.clientId");
    await test.smallstep.ca.add(published);
    const back = await engine.read(REGISTRATION, "acme", read.inputs, read.outputs);
    expect((await engine.diff(REGISTRATION, "acme", back.inputs, back.outputs, inputs)).changes).toBe("none");
  });

  it("never returns the client secret, also not one read from the CA", async () => {
    const { inputs, outputs } = await registered();
    await test.smallstep.ca.remove("azuread");
    await test.smallstep.ca.add({ ...published, clientSecret: "changed-behind-our-back" });
    const read = await engine.read(REGISTRATION, "acme", inputs, outputs);
    for (const properties of [read.inputs, read.outputs]) {
      expect(JSON.stringify(properties)).not.toMatch(/s3cret|changed-behind-our-back/);
    }
  });

  it("finds the provisioner on a later page", async () => {
    const names = Array.from({ length: 130 }, (_, index) => `p${index}`);
    for (const name of names) await test.smallstep.ca.add({ type: "OIDC", name });
    const { inputs, outputs } = await registered();
    expect((await engine.read(REGISTRATION, "acme", inputs, outputs)).inputs).toEqual(inputs);
    for (const name of names) await test.smallstep.ca.remove(name);
  });

  it("returns no resource when the team no longer exists", async () => {
    const { inputs, outputs } = await registered({ teamSlug: "acme" });
    await test.smallstep.query("update teams set slug = 'renamed' where slug = 'acme'");
    expect((await engine.read(REGISTRATION, "acme", inputs, outputs)).id).toBe("");
    await engine.delete(REGISTRATION, "acme", { ...inputs, onDestroy: "restore" }, outputs);
    await test.smallstep.query("update teams set slug = 'acme' where slug = 'renamed'");
  });

  it("reports the certificate error when the CA is not trusted", async () => {
    const { inputs, outputs } = await registered();
    const { caRootCert: _, ...untrusting } = inputs;
    await expect(engine.read(REGISTRATION, "acme", untrusting, outputs)).rejects.toThrow(
      /provisioners.*(VERIFY|SIGNED)/,
    );
  });

  it("imports a team by its slug", async () => {
    await point(test.smallstep.directory.id);
    const { id, inputs } = await engine.read(REGISTRATION, "acme");
    expect(id).toBe("acme");
    expect(inputs).toEqual({ teamSlug: "acme", onDestroy: "keep", directoryId: test.smallstep.directory.id });
    expect((await engine.read(REGISTRATION, "acm")).id).toBe("");
  });

  it("restores the directory found by the import", async () => {
    await point(test.smallstep.directory.id);
    const { outputs } = await engine.read(REGISTRATION, "acme");
    const inputs = wanted({ onDestroy: "restore" });
    const updated = await engine.update(REGISTRATION, "acme", outputs, outputs, inputs);
    expect(updated["previousDirectoryId"]).toBe(test.smallstep.directory.id);
    await engine.delete(REGISTRATION, "acme", inputs, updated);
    expect(await directoryOf()).toBe(test.smallstep.directory.id);
  });
});

describe("first update of a state that holds the client secret", () => {
  const { clientSecretFingerprint: _, ...provisioner } = wantedProvisioner;
  const before = (clientSecret: string) => wanted({ provisioner: { ...provisioner, clientSecret } });
  const outputs = { generation: 3, previousDirectoryId: "none" };

  it.each([
    ["keeps the generation of the same secret", CLIENT_SECRET, 3],
    ["raises the generation for another secret", "another-client-s3cret", 4],
  ])("%s and drops the secret", async (_title, clientSecret, generation) => {
    const old = before(clientSecret);
    for (const preview of [true, false]) {
      const updated = await engine.update(REGISTRATION, "acme", old, { ...old, ...outputs }, wanted(), { preview });
      expect(updated).toMatchObject({ ...outputs, generation });
      expect(JSON.stringify(updated)).not.toContain(clientSecret);
    }
  });

  it("finds no difference after a refresh", async () => {
    await jobRuns();
    const old = before(CLIENT_SECRET);
    const read = await engine.read(REGISTRATION, "acme", old, { ...old, ...outputs });
    expect(JSON.stringify(read)).not.toContain(CLIENT_SECRET);
    expect((await engine.diff(REGISTRATION, "acme", read.inputs, read.outputs, wanted())).changes).toBe("none");
  });
});

describe("diff of a Registration", () => {
  it("replaces the resource for another team and updates it for all other changes", async () => {
    const { inputs, outputs } = await registered();
    const diff = (news: WireValue) => engine.diff(REGISTRATION, "acme", inputs, outputs, news);
    expect((await diff(wanted({ teamSlug: "globex" }))).replaces).toEqual(["teamSlug"]);
    const other = await diff(wanted({}, { clientId: "c2", domains: ["corp.org", "corp.com"] }));
    expect(other).toMatchObject({ changes: "some", replaces: [] });
    expect(Object.keys(other.detailed)).toEqual(["provisioner.clientId"]);
  });
});

describe("delete of a Registration", () => {
  it("keeps the team's directory by default", async () => {
    const { inputs, outputs } = await registered();
    await engine.delete(REGISTRATION, "acme", inputs, outputs);
    expect(await directoryOf()).toBe(test.smallstep.directory.id);
  });

  it("restores the previous directory, or none, and leaves other teams unchanged", async () => {
    for (const before of [test.smallstep.otherDirectory.id, null]) {
      await point(before);
      const { inputs, outputs } = await registered({ onDestroy: "restore" });
      expect(await directoryOf()).toBe(test.smallstep.directory.id);
      await engine.delete(REGISTRATION, "acme", inputs, outputs);
      expect(await directoryOf()).toBe(before);
      expect(await directoryOf("globex")).toBe(test.smallstep.otherDirectory.id);
      await test.smallstep.ca.remove("azuread");
    }
  });

  it("keeps a directory that another process set, also after a refresh", async () => {
    const { inputs, outputs } = await registered({ onDestroy: "restore" });
    const another = "11111111-2222-4333-8444-555555555555";
    await point(another);
    const read = await engine.read(REGISTRATION, "acme", inputs, outputs);
    expect(read.inputs["directoryId"]).toBe(another);
    await engine.delete(REGISTRATION, "acme", read.inputs, read.outputs);
    expect(await directoryOf()).toBe(another);
  });
});

describe("getScimLogin", () => {
  it("returns the directory's token as a secret", async () => {
    const { directory } = test.smallstep;
    const { result, failures } = await engine.invoke(LOGIN, { directoryId: directory.id });
    expect(failures).toEqual([]);
    expect(result).toEqual({ token: secret(directory.token) });
  });

  it("counts the other directories when the directory is unknown", async () => {
    const { directory, otherDirectory } = test.smallstep;
    const id = "00000000-0000-4000-8000-000000000000";
    const { failures } = await engine.invoke(LOGIN, { directoryId: id });
    expect(failures).toEqual([
      { property: "directoryId", reason: expect.stringMatching(/\(2 rows have another value\)/) as string },
    ]);
    expect(JSON.stringify(failures)).not.toContain(otherDirectory.id);
    expect(JSON.stringify(failures)).not.toContain(directory.token);
    expect(JSON.stringify(failures)).not.toContain(otherDirectory.token);
  });

  it("rejects an invalid column name and returns unknown for unknown arguments", async () => {
    const { directory } = test.smallstep;
    const { failures } = await engine.invoke(LOGIN, { directoryId: directory.id, directoryColumn: 'a"; --' });
    expect(failures[0]?.reason).toMatch(/is not a column name/);
    const { result } = await engine.invoke(LOGIN, { directoryId: UNKNOWN_VALUE });
    expect(JSON.stringify(result)).toContain(UNKNOWN_VALUE);
  });
});
