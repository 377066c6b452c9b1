import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestTenant, type TestTenant } from "entra-emulator/testing";
import { enterpriseAppPart, jobPart } from "@smallstep-ssh/cli/testing";
import { commandsIn, inOtherNames } from "../documentation/commands";
import { pythonClient, type PythonClient } from "./python";

type Row = Record<string, unknown>;

describe("Azure CLI with the Graph emulator", () => {
  let client: PythonClient | string;
  let tenant: TestTenant;
  let dir = "";
  beforeAll(async () => {
    client = await pythonClient("azure-cli");
    if (typeof client === "string") return;
    tenant = await startTestTenant();
    dir = await mkdtemp(path.join(tmpdir(), "azure-cli-"));
  }, 900_000);
  afterAll(async () => {
    await tenant?.close();
    if (dir !== "") await rm(dir, { recursive: true, force: true });
  });

  const environment = () => ({
    AZURE_CONFIG_DIR: dir,
    AZURE_CORE_COLLECT_TELEMETRY: "false",
    // MSAL does not know the login host.
    AZURE_CORE_INSTANCE_DISCOVERY: "false",
    REQUESTS_CA_BUNDLE: tenant.authority.trustEnvironment().SSL_CERT_FILE,
  });

  /** Runs `az WORDS` and returns its output. */
  async function az(...args: string[]): Promise<unknown> {
    if (typeof client === "string") throw new Error(client);
    const { code, stdout, stderr } = await client.run(["-m", "azure.cli", ...args, "--output", "json"], environment());
    if (code !== 0) throw new Error(stderr.replaceAll(tenant.graph.deployer.clientSecret, "***"));
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  }
  /** Runs a shell command with this `az`. */
  async function type(command: string): Promise<void> {
    if (typeof client === "string") throw new Error(client);
    const bin = path.join(dir, "bin");
    await mkdir(bin, { recursive: true });
    await writeFile(path.join(bin, "az"), `#!/bin/sh\nexec "${client.python}" -m azure.cli "$@"\n`, { mode: 0o700 });
    const env = { ...process.env, ...environment(), PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}` };
    await promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "-c", command], { env });
  }
  const ids = (rows: unknown) => (rows as Row[]).map(({ id }) => String(id)).sort();
  const keys = (items: Map<string, { id: string }>) => [...items.values()].map(({ id }) => id).sort();

  it(
    "signs in, lists and shows users, groups, applications, service principals and assignments",
    { timeout: 900_000 },
    async (context) => {
      if (typeof client === "string") return context.skip(client);
      const { url, tenantId, deployer, state } = tenant.graph;
      const endpoints = [
        "active-directory",
        "active-directory-graph-resource-id",
        "active-directory-resource-id",
        "management",
        "microsoft-graph-resource-id",
        "resource-manager",
      ].flatMap((name) => [`--endpoint-${name}`, url]);
      await az("cloud", "register", "--name", "Sandbox", ...endpoints);
      await az("cloud", "set", "--name", "Sandbox");
      const wrong = ["login", "--service-principal", "--allow-no-subscriptions", "--tenant", tenantId];
      await expect(az(...wrong, "--username", deployer.clientId, "--password", "wrong")).rejects.toThrow(/7000215/);
      await az(...wrong, "--username", deployer.clientId, "--password", deployer.clientSecret);

      const users = (await az("ad", "user", "list")) as Row[];
      expect(ids(users)).toEqual(keys(state.users));
      const ada = state.user("ada.lovelace@corp.com");
      expect(await az("ad", "user", "show", "--id", ada.userPrincipalName)).toMatchObject({
        id: ada.id,
        mail: ada.mail,
      });
      expect(ids(await az("ad", "group", "list"))).toEqual(keys(state.groups));
      const group = state.groupByName("platform-ssh");
      expect(await az("ad", "group", "show", "--group", "platform-ssh")).toMatchObject({ id: group.id });
      expect(ids(await az("ad", "group", "member", "list", "--group", group.id)).length).toBeGreaterThan(5);
      const isMember = await az("ad", "group", "member", "check", "--group", group.id, "--member-id", ada.id);
      expect(isMember).toMatchObject({ value: expect.any(Boolean) });
      expect(ids(await az("ad", "app", "list", "--all"))).toEqual(keys(state.applications));
      expect(ids(await az("ad", "sp", "list", "--all"))).toEqual(keys(state.servicePrincipals));
      expect(await az("ad", "sp", "show", "--id", deployer.clientId)).toMatchObject({ id: deployer.objectId });

      const app = (await az("ad", "app", "create", "--display-name", "made by az")) as Row;
      expect(await az("ad", "app", "show", "--id", String(app["appId"]))).toMatchObject({ id: app["id"] });
      const principal = (await az("ad", "sp", "create", "--id", String(app["appId"]))) as Row;
      const address = `${url}/v1.0/servicePrincipals/${String(principal["id"])}/appRoleAssignedTo`;
      const role = "00000000-0000-0000-0000-000000000000";
      const body = JSON.stringify({ principalId: ada.id, resourceId: principal["id"], appRoleId: role });
      const rest = ["rest", "--url", address, "--resource", url];
      await az(...rest, "--method", "post", "--headers", "Content-Type=application/json", "--body", body);
      expect(await az(...rest, "--method", "get")).toMatchObject({
        value: [{ principalId: ada.id, principalType: "User", appRoleId: role }],
      });
      await az("ad", "app", "delete", "--id", String(app["id"]));
      await expect(az("ad", "app", "show", "--id", String(app["id"]))).rejects.toThrow(/does not exist/);
    },
  );

  it("runs the Azure CLI commands of docs/ci.md", { timeout: 900_000 }, async (context) => {
    if (typeof client === "string") return context.skip(client);
    const { state } = tenant.graph;
    const named = (name: string) => [...state.applications.values()].find(({ displayName }) => displayName === name);
    const commands = commandsIn("docs/ci.md").filter((command) => /\baz (ad|rest)\b|\bpermit /.test(command));
    expect(commands).toHaveLength(10);
    // All commands run in one shell, because later commands use variables of earlier ones.
    await type(inOtherNames(commands.join("\n"), [["https://graph.microsoft.com", tenant.graph.url]]));
    const [read, deploy] = [named("smallstep-ssh-read")!, named("smallstep-ssh-deploy")!];
    expect([read, deploy].map(({ appId }) => state.servicePrincipalByAppId(appId)?.displayName)).toEqual([
      "smallstep-ssh-read",
      "smallstep-ssh-deploy",
    ]);
    const graph = state.servicePrincipalByAppId("00000003-0000-0000-c000-000000000000")!;
    const nameOf = (role: string) => graph.appRoles?.find(({ id }) => id === role)?.value ?? role;
    const wanted = (app: typeof read) =>
      (app["requiredResourceAccess"] as { resourceAccess: { id: string; type: string }[] }[])
        .flatMap(({ resourceAccess }) => resourceAccess)
        .map(({ id, type }) => `${nameOf(id)} ${type}`)
        .sort();
    const given = (app: typeof read) =>
      [...state.assignments.values()]
        .filter(({ principalId }) => principalId === state.servicePrincipalByAppId(app.appId)?.id)
        .map(({ appRoleId }) => `${nameOf(appRoleId)} Role`)
        .sort();
    const reads = ["Application", "GroupMember", "Synchronization", "User"].map((of) => `${of}.Read.All Role`);
    expect(wanted(read)).toEqual(reads);
    expect(given(read)).toEqual(reads);
    const writes = ["AppRoleAssignment", "Application", "Group", "Synchronization"].map(
      (of) => `${of}.ReadWrite.All Role`,
    );
    expect(wanted(deploy)).toEqual([...writes, "User.Read.All Role"]);
    expect(given(deploy)).toEqual([...writes, "User.Read.All Role"]);
    const subjects = ({ id }: { id: string }) =>
      (state.federatedCredentials.get(id) ?? []).map(({ name, subject }) => [name, subject]);
    const of = (name: string) => [name, `repo:OWNER/REPOSITORY:environment:${name}`];
    expect(subjects(read)).toEqual(["preview-dev", "preview-prod", "drift-dev", "drift-prod"].map(of));
    expect(subjects(deploy)).toEqual(["dev", "prod"].map(of));
  });

  it("runs the Azure CLI commands that adopt prints", { timeout: 900_000 }, async (context) => {
    if (typeof client === "string") return context.skip(client);
    const { state, url } = tenant.graph;
    const { servicePrincipalId: id } = await tenant.enterpriseApp();
    const principal = state.servicePrincipals.get(id)!;
    principal.tags = ["HideApp"];
    const app = {
      ...principal,
      displayName: "smallstep-usersync",
      applicationId: "application",
      appRoles: [],
      tags: principal.tags,
      assignments: [],
    };
    const secrets = ["BaseAddress", "Domain", "AuthenticationType"].map((key) => ({ key, value: "x" }));
    state.syncSecrets.set(id, secrets);
    const job = { id: "scim.1", templateId: "scim", stopped: undefined, mappings: {} };
    const parts = [enterpriseAppPart(app, []), jobPart(app, job, secrets, false)];
    const effects = parts.flatMap(({ differences }) => differences.map(({ upEffect }) => upEffect));
    const commands = effects.flatMap((effect) => /: (az .*)$/.exec(effect)?.[1] ?? []);
    expect(commands).toHaveLength(2);
    await type(inOtherNames(commands.join("\n"), [["https://graph.microsoft.com", url]]));
    expect([...principal.tags].sort()).toEqual([
      "WindowsAzureActiveDirectoryCustomSingleSignOnApplication",
      "WindowsAzureActiveDirectoryIntegratedApp",
    ]);
    expect(state.syncSecrets.get(id)?.map(({ key }) => key)).toEqual(["BaseAddress"]);
  });
});
