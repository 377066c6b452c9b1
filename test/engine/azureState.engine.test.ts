import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Shell, findEngine } from "@smallstep-ssh/sandbox";
import { createAuthority } from "entra-emulator";
import { createBlobStorage, type BlobStorage } from "../azure/blobStorage";
import { startAzureProxy, type AzureProxy } from "../azure/azureProxy";
import { createKeyVault, type KeyVault } from "../azure/keyVault";
import { createLogin, loginHost, type Login, type ServicePrincipal } from "../azure/login";
import { beginningWith, commandsIn, inOtherNames } from "../documentation/commands";

const vaultHost = "your-organization.vault.azure.net";
const storageHost = "yourorganizationstate.blob.core.windows.net";
const password = "correct horse battery staple";

describe("state in Azure Blob Storage with a key of Azure Key Vault, with the real engine", () => {
  let missing: string | undefined;
  let dir = "";
  let login: Login;
  let vault: KeyVault;
  let storage: BlobStorage;
  let azureProxy: AzureProxy;
  /** Returns a shell that signs in with these credentials. */
  let shellOf: (who: ServicePrincipal) => Shell;
  beforeAll(async () => {
    const engine = await findEngine();
    if (typeof engine === "string") {
      missing = engine;
      return;
    }
    dir = await mkdtemp(path.join(tmpdir(), "azure-state-"));
    await writeFile(path.join(dir, "Pulumi.yaml"), "name: smallstep-ssh\nruntime: nodejs\n");
    await writeFile(path.join(dir, "package.json"), '{ "main": "program.js" }');
    await writeFile(path.join(dir, "program.js"), "module.exports = {};\n");
    await symlink(path.join(__dirname, "../../node_modules"), path.join(dir, "node_modules"));
    login = createLogin();
    vault = createKeyVault(login, "pulumi");
    storage = createBlobStorage(login, "pulumi");
    const authority = await createAuthority(path.join(dir, "tls"));
    azureProxy = await startAzureProxy(authority, {
      [loginHost]: login.listener,
      [vaultHost]: vault.listener,
      [storageHost]: storage.listener,
    });
    shellOf = (who) =>
      new Shell(engine, dir, {
        ...who,
        ...authority.trustEnvironment(),
        HTTPS_PROXY: azureProxy.proxyUrl,
        PULUMI_HOME: path.join(dir, `home-${who.AZURE_CLIENT_ID}`),
      });
  });
  afterAll(async () => {
    await azureProxy?.close();
    if (dir !== "") await rm(dir, { recursive: true, force: true });
  });

  const documented = (file: string, start: string) => {
    return inOtherNames(beginningWith(start, commandsIn(file)), [
      ["VAULT", "your-organization"],
      ["KEY", "pulumi"],
    ]);
  };
  const well = async (shell: Shell, command: string, input = ""): Promise<string> => {
    const result = await shell.type(command, input);
    expect(result.code, `${command}\n${result.output}`).toBe(0);
    return result.output;
  };

  it("creates and reads the state as documented only for identities with the required roles", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const [deploys, reads, stranger] = [login.add(), login.add(), login.add()];
    storage.contributors.add(deploys.AZURE_CLIENT_ID);
    storage.readers.add(reads.AZURE_CLIENT_ID);
    for (const { AZURE_CLIENT_ID } of [deploys, reads]) vault.users.add(AZURE_CLIENT_ID);

    const deployer = shellOf(deploys);
    const logIn = documented("docs/environments.md", "pulumi login");
    await well(deployer, logIn);
    await well(deployer, documented("docs/environments.md", "pulumi stack init prod"));
    await well(deployer, documented("docs/ci.md", "pulumi stack init dev"));
    await well(deployer, "pulumi config set --stack prod --path --secret database.password", password);
    expect([...storage.blobs.keys()].filter((name) => /\/stacks\/.*\.json$/.test(name)).sort()).toEqual(
      ["dev", "prod"].map((stack) => `.pulumi/stacks/smallstep-ssh/${stack}.json`),
    );
    expect(vault.operations).toContain("encrypt");

    const reader = shellOf(reads);
    await well(reader, logIn);
    expect(await well(reader, "pulumi stack ls")).toMatch(/dev[^]*prod/);
    const read = "pulumi config get --stack prod --path database.password";
    expect((await well(reader, read)).trim()).toBe(password);
    expect(vault.operations.at(-1)).toBe("decrypt");
    // As docs/ci.md states, neither a preview nor a drift check locks the stack.
    await well(reader, "pulumi preview --stack prod");
    await well(reader, "pulumi refresh --stack prod --preview-only");
    const refused = await reader.type("pulumi up --stack prod --skip-preview");
    expect(refused).toMatchObject({ output: expect.stringMatching(/AuthorizationPermission/) as string });
    expect(refused.code).not.toBe(0);
    await well(deployer, "pulumi up --stack prod --skip-preview");
    const command = path.join(__dirname, "../../packages/cli/bin/smallstep-ssh.js");
    const destinations = `node ${command} destinations --stack prod --head .`;
    expect(await well(reader, destinations)).toBe("prod: credentials go to the same places as before.\n");
    await well(deployer, "pulumi config set --stack prod --path scim.baseUrl https://scim.example");
    expect(await reader.type(destinations)).toMatchObject({
      code: 20,
      output: expect.stringContaining("differ from the last deployment:\n\n- `scim.baseUrl`\n") as string,
    });

    const unprivileged = shellOf(stranger);
    expect(await unprivileged.type(logIn)).toMatchObject({
      output: expect.stringMatching(/AuthorizationPermission/) as string,
    });
    storage.readers.add(stranger.AZURE_CLIENT_ID);
    await well(unprivileged, logIn);
    expect(await unprivileged.type(read)).toMatchObject({ output: expect.stringMatching(/Forbidden/) as string });

    for (const stack of ["dev", "prod"]) await well(deployer, `pulumi stack rm --yes ${stack}`);
    expect([...storage.blobs.keys()].filter((name) => /\/stacks\/.*\.json$/.test(name))).toEqual([]);
    expect(azureProxy.unknown).toEqual([]);
  });
});
