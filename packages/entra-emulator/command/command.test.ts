import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { send } from "../testing";
import { createAuthority } from "../tls";

let dir: string;
let program: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "emulator-command-"));
  program = path.join(dir, "command.js");
  const entryPoints = [path.join(__dirname, "..", "command.ts")];
  await build({ entryPoints, outfile: program, bundle: true, platform: "node", conditions: ["source"] });
});
afterEach(async () => {
  for (const one of running.splice(0)) {
    if (one.exitCode !== null || one.signalCode !== null) continue;
    one.kill("SIGKILL");
    await once(one, "exit");
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Command {
  process: ChildProcess;
  stdout(): string;
  stderr(): string;
  exit: Promise<number | null>;
}

function start(...args: string[]): Command {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = once(child, "close").then(() => child.exitCode);
  return { process: child, stdout: () => stdout, stderr: () => stderr, exit };
}

/** Waits until the command serves. Rejects with its error message if it ends. */
async function serving(command: Command): Promise<void> {
  for (;;) {
    if (`${command.stdout()}${command.stderr()}`.includes("Stop it with")) return;
    if (command.process.exitCode !== null) throw new Error(command.stderr());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function failure(...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const command = start(...args);
  const code = await command.exit;
  expect(command.stdout()).toBe("");
  return { code, stderr: command.stderr() };
}

function file(name: string, content?: string): string {
  const full = path.join(dir, name);
  if (content !== undefined) writeFileSync(full, content);
  return full;
}

const seed = `
displayName: Contoso
domains: [contoso.com, contoso.onmicrosoft.com]
users:
  - userPrincipalName: ada@contoso.com
    displayName: Ada Lovelace
groups:
  - displayName: engineers
    members: [ada@contoso.com]
`;

describe("entra-emulator", () => {
  it("serves sign-in and Graph, logs requests without secrets and stops at SIGTERM", async () => {
    const [log, secretFile, caDir] = [file("requests.jsonl"), file("secret"), file("ca")];
    const command = start(
      ...["--port", "0", "--seed", file("seed.yaml", seed), "--request-log", log],
      ...["--client-secret-file", secretFile, "--ca-out", caDir],
    );
    await serving(command);
    const output = command.stdout();
    const [url = "", tenantId = "", clientId = ""] = [/emulator at (\S+)/, /tenant id +(\S+)/, /client id +(\S+)/].map(
      (pattern) => pattern.exec(output)?.[1] ?? "",
    );
    expect(output).toContain(secretFile);
    expect(output).toContain("Contoso: 1 users, 1 groups");
    const secret = readFileSync(secretFile, "utf8");
    expect(statSync(secretFile).mode & 0o777).toBe(0o600);
    const ca = readFileSync(path.join(caDir, "ca.pem"), "utf8");

    const form = { grant_type: "client_credentials", client_id: clientId, client_secret: secret };
    const token = await send(ca, "POST", `${url}/${tenantId}/oauth2/v2.0/token`, {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...form, scope: `${url}/.default` }).toString(),
    });
    expect(token.status).toBe(200);
    const accessToken = String(token.body.access_token);
    const headers = { authorization: `Bearer ${accessToken}`, "content-type": "application/json" };
    const password = "Correct-Horse-7";
    const user = { userPrincipalName: "grace@contoso.com", displayName: "Grace", passwordProfile: { password } };
    const created = await send(ca, "POST", `${url}/v1.0/users`, { headers, body: JSON.stringify(user) });
    expect(created.status).toBe(201);
    const read = await send(ca, "GET", `${url}/v1.0/users/grace@contoso.com`, { headers });
    expect(read.body).toMatchObject({ id: created.body.id, displayName: "Grace" });
    const users = await send(ca, "GET", `${url}/v1.0/users?$select=userPrincipalName`, { headers });
    expect(users.body.value).toHaveLength(2);

    const text = readFileSync(log, "utf8");
    const lines = text.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual([
      `/${tenantId}/oauth2/v2.0/token`,
      "/v1.0/users",
      "/v1.0/users/grace@contoso.com",
      "/v1.0/users",
    ]);
    for (const hidden of [secret, password, accessToken]) {
      expect(text).not.toContain(hidden);
      expect(`${command.stdout()}${command.stderr()}`).not.toContain(hidden);
    }
    command.process.kill("SIGTERM");
    expect(await command.exit).toBe(0);
    expect(command.stderr()).toBe("");
  });

  it("prints only shell commands that set the variables of azuread and the Azure SDKs with --print-env", async () => {
    const command = start("--port", "0", "--print-env");
    await serving(command);
    await expect.poll(() => command.stdout()).toContain("REQUESTS_CA_BUNDLE");
    const commands = command.stdout();
    expect(commands).toMatch(/^(export [A-Z_]+=\S.*\n)+$/);
    const names = "ARM_TENANT_ID ARM_CLIENT_SECRET ARM_METADATA_HOSTNAME AZURE_AUTHORITY_HOST SSL_CERT_FILE".split(" ");
    const script = `${commands}${names.map((name) => `echo "$${name}"\n`).join("")}`;
    const shell = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    shell.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    await once(shell, "close");
    const [tenant, secret = "", host, authority, ca = ""] = printed.trimEnd().split("\n");
    expect(tenant).toMatch(/^[0-9a-f-]{36}$/);
    expect(secret).toHaveLength(40);
    expect(commands).not.toContain(secret);
    expect(authority).toBe(`https://${host}`);
    expect(readFileSync(ca, "utf8")).toContain("BEGIN CERTIFICATE");
    command.process.kill("SIGINT");
    expect(await command.exit).toBe(0);
    expect(existsSync(ca)).toBe(false);
  });

  it("uses an existing certificate with --cert and --key, and rejects a key of another certificate", async () => {
    const authority = await createAuthority(file("own-ca"));
    const [one, other] = [await authority.issue(), await authority.issue()];
    const [cert, key] = [file("cert.pem", one.cert), file("key.pem", one.key)];
    const command = start("--port", "0", "--cert", cert, "--key", key, "--show-secret");
    await serving(command);
    expect(command.stdout()).toMatch(/client secret +\S{40}\n/);
    const url = /emulator at (\S+)/.exec(command.stdout())?.[1] ?? "";
    expect((await send(authority.caPem, "GET", `${url}/metadata/endpoints`)).status).toBe(200);
    // A malformed URL is rejected, and the emulator continues to serve.
    expect((await send(authority.caPem, "GET", `${url}/%zz`)).status).toBe(400);
    expect((await send(authority.caPem, "GET", `${url}/metadata/endpoints`)).status).toBe(200);
    const wrong = await failure("--port", "0", "--cert", cert, "--key", file("other.pem", other.key));
    expect(wrong).toEqual({ code: 1, stderr: expect.stringContaining("is not the private key of the certificate") });
  });

  it("reports a port in use with one sentence", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await failure("--port", String(port));
    server.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `entra-emulator: Port ${port} on 127.0.0.1 is in use. Set --port to another port, or to 0 for a free port.\n`,
    );
  });

  it("reports all problems of the seed file together", async () => {
    const invalid = file(
      "invalid.yaml",
      `
displayName: Contoso
domains: [contoso.com]
user: []
users:
  - userPrincipalName: ada@fabrikam.com
    displayName: Ada
    employeeId: 12345
    userType: member
    manager: nobody@contoso.com
groups:
  - displayName: engineers
    members: [grace@contoso.com]
    securityEnabled: yes please
`,
    );
    const { code, stderr } = await failure("--port", "0", "--seed", invalid);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n  ")).toEqual([
      `entra-emulator: ${invalid} (--seed) has 8 problems:`,
      'users[0].userType: Invalid option: expected one of "Member"|"Guest"',
      "users[0].employeeId: Invalid input: expected string, received number",
      "groups[0].securityEnabled: Invalid input: expected boolean, received string",
      'Unrecognized key: "user"',
      "domains: must contain the initial domain of the tenant, which ends in .onmicrosoft.com",
      "users[0].userPrincipalName: has the domain fabrikam.com. Allowed: contoso.com",
      'users[0].manager: must be the userPrincipalName of a user of the seed, not "nobody@contoso.com"',
      'groups[0].members[0]: must be the userPrincipalName of a user of the seed, not "grace@contoso.com"',
    ]);
  });

  it("reports the line of a syntax error in the seed file", async () => {
    const { stderr } = await failure("--seed", file("broken.yaml", 'displayName: "Contoso\ndomains: []\n'));
    expect(stderr).toMatch(/has 1 problem:\n {2}Line \d+, column \d+: /);
  });

  it("reports all invalid options together, and unknown options", async () => {
    const { code, stderr } = await failure(
      "--port",
      "99999",
      "--host",
      "0.0.0.0",
      "--key",
      "k",
      "--permissions",
      "All",
    );
    expect(code).toBe(2);
    for (const part of ["--port must", "--host must be 127.0.0.1 or ::1", "--cert and --key", '"All"']) {
      expect(stderr).toContain(part);
    }
    const unknown = await failure("--seeds", "file");
    expect(unknown).toEqual({
      code: 2,
      stderr: "entra-emulator: Unknown option '--seeds'. See entra-emulator --help.\n",
    });
  });

  it("prints its options with --help", async () => {
    const command = start("--help");
    expect(await command.exit).toBe(0);
    expect(command.stdout()).toMatch(/^Usage: entra-emulator \[options\]/);
    expect(
      Math.max(
        ...command
          .stdout()
          .split("\n")
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(120);
  });
});
