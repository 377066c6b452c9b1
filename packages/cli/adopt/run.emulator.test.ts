import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { followQuickstart, type ManualSetup } from "@smallstep-ssh/sandbox";
import { startGraph } from "entra-emulator";
import { TestClient } from "entra-emulator/testing";
import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { adopt, adoptArguments, type TestEnvironment } from "../test/adopt";

const project = "smallstep-ssh-azuread";

interface Report {
  settings: { groups: unknown; oidc: Record<string, unknown>; scim: Record<string, unknown>; mapping: unknown };
  imports: { type: string; name: string; id: string }[];
  differences: { kind: string; about: string; found: string; upEffect: string }[];
  commands: string[];
}

let test: TestSmallstep;
let environment: TestEnvironment;
let made: ManualSetup;
let dir = "";
beforeAll(async () => {
  test = await startTestSmallstep();
  const graph = await startGraph({ authority: test.authority });
  environment = { graph, smallstep: test.smallstep, authority: test.authority };
  made = await followQuickstart(environment, {
    extraMappings: true,
    zeroIdAssignment: true,
    driftedTags: true,
    portalPermissions: true,
    noServicePrincipal: true,
    noListenAddress: true,
    everyTeam: true,
  });
});
afterAll(async () => {
  await environment?.graph.close();
  await test?.close();
});
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "adopt-"));
  return () => rmSync(dir, { recursive: true, force: true });
});

const file = (name: string) => readFileSync(path.join(dir, name), "utf8");
const config = () => (parse(file("Pulumi.dev.yaml")) as { config: Record<string, Record<string, unknown>> }).config;

describe("npm run adopt for a setup with quickstart mistakes", () => {
  it("writes configuration and imports, reports the differences, and changes nothing in the tenant", async () => {
    const before = environment.graph.requests.all().length;
    const { code, out, err } = await adopt(environment, [
      ...adoptArguments(environment, "dev", dir),
      "--format",
      "json",
    ]);
    expect([code, err]).toEqual([0, ""]);
    const { settings, imports, differences, commands } = JSON.parse(out) as Report;
    const { ssh, sudo } = made.groups;
    expect(settings.groups).toEqual([{ existing: { objectId: ssh } }, { existing: { objectId: sudo } }]);
    expect(file("Pulumi.dev.yaml")).toMatch(new RegExp(`# sudo\\n +- existing:\\n +objectId: ${sudo}`));
    expect(settings.oidc).toEqual({
      emailDomains: ["corp.com"],
      emailClaim: false,
      listenAddress: "any",
      owners: [expect.any(String)],
    });
    expect(settings.scim).toEqual({
      baseUrl: environment.smallstep.scim.baseUrl,
      directoryId: environment.smallstep.directory.id,
    });
    expect(settings.mapping).toEqual({});
    expect(imports.map(({ type, name }) => `${type.split(":").pop()} ${name}`)).toEqual([
      "Application smallstep-ssh",
      "ApplicationFromTemplate smallstep-usersync",
      `AppRoleAssignment smallstep-usersync-${ssh}`,
      `AppRoleAssignment smallstep-usersync-${sudo}`,
      "SynchronizationJob smallstep-usersync",
      "SynchronizationSecret smallstep-usersync",
      "AttributeMappings smallstep-usersync",
      "Provisioning smallstep-usersync",
    ]);
    expect(imports[0]?.id).toBe(`/applications/${made.application.id}`);
    const text = differences.map(({ kind, found }) => `${kind}: ${found}`).join("\n");
    expect(text).toMatch(/^change: Its API permissions differ: it lacks email, openid, profile and has 1 that/m);
    expect(text).toMatch(/^change: It has no service principal/m);
    expect(text).toMatch(/^change: The group sudo is assigned with a role other than User \(0{8}-/m);
    expect(text).toMatch(/^note: Its tags have drifted \(HideApp\): without/m);
    expect(text).toMatch(/^change: Mappings that the quickstart does not have \(16\): title, /m);
    expect(text).toMatch(/^change: active is Switch/m);
    expect(text).toMatch(/^attention: Other teams use its directory too: globex\./m);
    expect(text).toMatch(/^change: Accidental deletions are not prevented/m);
    expect(text).toMatch(/^note: Entra does not show the SCIM token/m);
    expect(commands.map((command) => command.replace(/.*\| /, "").split(" ").slice(0, 3).join(" "))).toEqual([
      "pulumi stack select",
      "pulumi config set",
      "pulumi config set",
      `ARM_TENANT_ID=${environment.graph.tenantId} pulumi import`,
      "pulumi preview --stack",
    ]);
    // Pulumi finds a stack file in another folder than the project's only by this option.
    const configFile = `--config-file ${path.join(dir, "Pulumi.dev.yaml")}`;
    expect(commands.slice(1).filter((command) => !command.includes(configFile))).toEqual([]);
    const writes = environment.graph.requests
      .all()
      .slice(before)
      .filter(({ method, path: to }) => method !== "GET" && !to.endsWith("/token"));
    expect(writes).toEqual([]);
    const everything = [out, file("Pulumi.dev.yaml"), file("import.dev.json")].join("\n");
    for (const secret of [
      made.application.secret,
      environment.smallstep.directory.token,
      environment.smallstep.database.deployer.password,
    ]) {
      expect(everything).not.toContain(secret);
    }
  });

  it("prints the same report as text by default", async () => {
    const { out } = await adopt(environment, adoptArguments(environment, "dev", dir));
    expect(out).toContain("synchronization job     scim.");
    expect(out).toMatch(/! Team acme: Other teams use its directory too: globex\..*\n {6}up leaves them unchanged\./);
    expect(out.indexOf("  ! ")).toBeLessThan(out.indexOf("  ~ "));
    expect(out.indexOf("  ~ ")).toBeLessThan(out.indexOf("  = "));
    expect(out).toMatch(/pulumi config set --stack dev --config-file \S+ --secret --path database\.password/);
  });

  it("keeps every mapping with --keep-mappings", async () => {
    const { out } = await adopt(environment, [
      ...adoptArguments(environment, "dev", dir),
      "--keep-mappings",
      "--format",
      "json",
    ]);
    const { settings, differences } = JSON.parse(out) as Report;
    expect(settings.mapping).toMatchObject({
      additionalMappings: { title: { source: "jobTitle" }, active: { expression: /Switch/ } },
    });
    expect(differences.filter(({ about }) => about === "Attribute mappings")).toEqual([]);
  });

  it("prints only the published client secret of the configured app with --print-client-secret", async () => {
    const { code, out } = await adopt(environment, [
      ...adoptArguments(environment, "dev", dir),
      "--print-client-secret",
    ]);
    expect([code, out]).toEqual([0, made.application.secret]);
    expect(() => file("Pulumi.dev.yaml")).toThrow();
    writeFileSync(path.join(dir, "Pulumi.dev.yaml"), `config:\n  ${project}:oidc:\n    displayName: Another\n`);
    const other = await adopt(environment, [...adoptArguments(environment, "dev", dir), "--print-client-secret"]);
    expect([other.out, other.err]).toEqual([
      "",
      "--app Another: the tenant has no app registration with this name or id.\n",
    ]);
    const wrong = await adopt(environment, [
      ...adoptArguments(environment, "dev", dir),
      "--print-client-secret",
      "--provisioner",
      "okta",
    ]);
    expect(wrong.err).toMatch(
      /^--provisioner okta: the CA publishes no OIDC provisioner with this name \(available: azuread\)/,
    );
  });
});

describe("npm run adopt with existing files", () => {
  it("keeps foreign content of existing files, and does not rewrite a file that is up to date", async () => {
    writeFileSync(
      path.join(dir, "Pulumi.dev.yaml"),
      `# ours\nencryptionsalt: v1:abc\nconfig:\n  azuread:clientId: x # who deploys\n  ${project}:database:\n    password:\n      secure: AAA\n`,
    );
    await adopt(environment, adoptArguments(environment, "dev", dir));
    const text = file("Pulumi.dev.yaml");
    expect(text).toMatch(/^# ours\nencryptionsalt: v1:abc\n/);
    expect(text).toContain("azuread:clientId: x # who deploys");
    expect(config()[`${project}:database`]).toMatchObject({ host: "localhost", password: { secure: "AAA" } });
    const again = await adopt(environment, ["--stack", "dev", "--output", dir]);
    expect(again).toMatchObject({ code: 0, err: "" });
    expect(again.out).toContain("Pulumi.dev.yaml (up to date)");
    expect(again.out).not.toContain("database.password");
    expect(file("Pulumi.dev.yaml")).toBe(text);
  });

  it("replaces existing settings and import files only with --force", async () => {
    const text = `config:\n  ${project}:oidc:\n    displayName: Another\n`;
    writeFileSync(path.join(dir, "Pulumi.dev.yaml"), text);
    const options = [...adoptArguments(environment, "dev", dir), "--app", "Smallstep SSH"];
    const refused = await adopt(environment, options);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(
      /oidc\.displayName is "Another", but the discovered value is its default\. Use --force to replace it\.$/m,
    );
    expect(file("Pulumi.dev.yaml")).toBe(text);
    expect((await adopt(environment, [...options, "--force"])).code).toBe(0);
    expect(config()[`${project}:oidc`]).not.toHaveProperty("displayName");
    writeFileSync(path.join(dir, "import.dev.json"), "{}");
    expect((await adopt(environment, adoptArguments(environment, "dev", dir))).err).toMatch(
      /import\.dev\.json: exists with other content/,
    );
  });

  it("reports a stack file that is not YAML, is not an object, or has teams", async () => {
    for (const [text, sentence] of [
      ["a: [", /is not valid YAML/],
      ["- 1", /is not an object/],
      [`config:\n  ${project}:teams:\n    blue: {}\n`, /the setting teams is set\. Adopt one team at a time/],
    ] as const) {
      writeFileSync(path.join(dir, "Pulumi.dev.yaml"), text);
      expect((await adopt(environment, adoptArguments(environment, "dev", dir))).err).toMatch(sentence);
    }
  });
});

describe("error messages of npm run adopt", () => {
  const without = (argv: string[], option: string) =>
    argv.filter((_, at) => argv[at] !== option && argv[at - 1] !== option);

  it("lists every missing option at once", async () => {
    const namesIn = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((line) => line.split(":")[0]);
    const settings = [
      "database.host",
      "database.username",
      "kubernetes.adminToolsImage",
      "smallstep.apiHost",
      "smallstep.authorityId",
      "smallstep.caUrl",
      "smallstep.teamSlug",
      "tenantId",
    ];
    const { code, err } = await adopt(environment, ["--stack", "dev", "--output", dir], { env: {} });
    expect(code).toBe(2);
    expect(namesIn(err)).toEqual([...settings, "PGPASSWORD"]);
    const credentials = { clientId: "not-a-guid", clientSecret: "" };
    const nothing = await adopt(environment, [], { env: {}, credentials });
    expect(namesIn(nothing.err)).toEqual([
      ...settings,
      "--stack",
      "PGPASSWORD",
      'clientId "not-a-guid" is not a GUID.',
    ]);
    expect(err).toMatch(/^tenantId: is missing;.* Give --tenant, or set it in Pulumi\.dev\.yaml\.$/m);
    const image = await adopt(environment, without(adoptArguments(environment, "dev", dir), "--admin-tools-image"));
    expect(image.err).toMatch(/^kubernetes\.adminToolsImage: is missing;.* Give --admin-tools-image, or set it/);
    expect((await adopt(environment, adoptArguments(environment, "dev", dir), { env: {} })).err).toMatch(
      /^PGPASSWORD: is missing/,
    );
    expect((await adopt(environment, ["--stack", "../x"])).err).toMatch(/^--stack \.\.\/x: expected letters/m);
    expect(namesIn((await adopt(environment, ["--print-client-secret"])).err)).toEqual([
      "--stack",
      "smallstep.caUrl",
      "tenantId",
    ]);
  });

  it("reports missing names, and lists the ids when a name is ambiguous", async () => {
    const missing = await adopt(environment, [
      ...adoptArguments(environment, "dev", dir),
      "--app",
      "Nothing",
      "--enterprise-app",
      "Nobody",
    ]);
    expect(missing.err.trim().split("\n")).toEqual([
      "--app Nothing: the tenant has no app registration with this name or id.",
      "--enterprise-app Nobody: the tenant has no enterprise application with this name or id.",
    ]);
    const { graph, authority } = environment;
    const client = new TestClient(graph, authority.caPem, graph.deployer);
    const { body } = await client.post("/v1.0/applications", { displayName: "Smallstep SSH" });
    const several = await adopt(environment, adoptArguments(environment, "dev", dir));
    expect(several.err).toMatch(
      /^--app Smallstep SSH: 2 objects of the tenant have this name; give the id of one: .*client id/,
    );
    expect(several.err).toContain(made.application.clientId);
    for (const id of [made.application.id, made.application.clientId]) {
      expect(
        (await adopt(environment, [...adoptArguments(environment, "dev", dir), "--app", id, "--force"])).code,
      ).toBe(0);
    }
    await client.delete(`/v1.0/applications/${body.id}`);
  });

  it("reports errors of Graph, the folk database and the CA without secrets", async () => {
    const client = environment.graph.addClient({ permissions: ["Application.Read.All"] });
    const { err } = await adopt(environment, adoptArguments(environment, "dev", dir), { credentials: client });
    expect(err).toMatch(/Synchronization\.Read/);
    const team = await adopt(environment, [...adoptArguments(environment, "dev", dir), "--team", "nobody"]);
    expect(team.err).toMatch(/^No team has the slug "nobody" \(2 teams have another one\)/);
    const ca = await adopt(environment, [
      ...adoptArguments(environment, "dev", dir),
      "--ca-url",
      "https://localhost:1",
    ]);
    expect(ca.err).toMatch(/^The CA: GET https:\/\/localhost:1\/provisioners.* got no response/);
    for (const { err: text } of [team, ca])
      expect(text).not.toContain(environment.smallstep.database.deployer.password);
  });

  it("documents the options in --help", async () => {
    const { code, out } = await adopt(environment, ["--help"]);
    expect(code).toBe(0);
    for (const option of [
      "--app",
      "--enterprise-app",
      "--database-host <host>",
      "PGHOST",
      "--keep-mappings",
      "--force",
    ]) {
      expect(out).toContain(option);
    }
  });
});
