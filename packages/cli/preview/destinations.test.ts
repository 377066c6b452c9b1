import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { destinationsCommand } from "../commands/destinations";
import { run } from "../test/terminal";

const project = "name: p\nruntime: nodejs\n";
const trusted = `secretsprovider: azurekeyvault://vault.vault.azure.net/keys/key
encryptedkey: a2V5
config:
  azuread:clientId: 5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001
  p:tenantId: 5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a002
  p:groups: [{ create: ssh }]
  p:oidc: { displayName: SSH }
  p:scim:
    baseUrl: https://scim.example
    token: { secure: AAABdG9rZW4= }
  p:database: { host: db.example, port: 5432, password: { secure: AAABcGFzcw== } }
  p:mapping: { preset: upn-local-part }
  p:teams:
    blue:
      smallstep: { caUrl: https://ca.blue.example, teamSlug: blue }
`;

let folder = "";
const file = (version: string, name: string) => path.join(folder, version, name);
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "destinations-"));
  for (const version of ["base", "head"]) {
    await mkdir(path.join(folder, version));
    await writeFile(file(version, "Pulumi.yaml"), project);
    await writeFile(file(version, "Pulumi.dev.yaml"), trusted);
  }
  return () => rm(folder, { recursive: true, force: true });
});

/** Runs the command. @param deployed the configuration of the last deployment as the engine reports it */
const compare = (given: { env?: NodeJS.ProcessEnv; args?: string[]; deployed?: Record<string, string> } = {}) =>
  run(
    (context) => destinationsCommand(context, () => Promise.resolve(given.deployed)),
    ["--stack", "dev", "--cwd", path.join(folder, "base"), "--head", path.join(folder, "head"), ...(given.args ?? [])],
    { env: given.env ?? {} },
  );

const listedIn = (out: string) => [...out.matchAll(/^- `?([^`]*)`?$/gm)].map(([, name = ""]) => name);

/** Returns the exit code and what the report lists, after the proposed file has changed. */
async function changed(from: string, to: string): Promise<{ code: number; listed: string[] }> {
  expect(trusted).toContain(from);
  await writeFile(file("head", "Pulumi.dev.yaml"), trusted.replace(from, to));
  const { code, out } = await compare();
  return { code, listed: listedIn(out) };
}

describe("npm run destinations", () => {
  it.each([
    ["no setting", "SSH", "SSH"],
    ["a setting that sends nothing", "displayName: SSH", "displayName: Other"],
    ["a new section without destinations", "  p:oidc:", "  p:checks: { usernames: off }\n  p:oidc:"],
    ["a list", "{ create: ssh }", "{ create: ssh }, { create: sudo }"],
    ["the value of a secret", "AAABdG9rZW4=", "AAABbmV3"],
    ["a team without own destinations", "    blue:", "    green: { oidc: { displayName: Green } }\n    blue:"],
    ["a team's setting that sends nothing", "teamSlug: blue", "teamSlug: azure"],
    ["a comment", "config:", "# comment\nconfig:"],
    ["a section to the same JSON text", "{ displayName: SSH }", `'{ "displayName": "SSH" }'`],
    ["a comment with tabs and a Windows line break", "config:", "#\tcomment\r\nconfig:"],
  ])("allows the preview of a change of %s", async (_, from, to) => {
    expect(await changed(from, to)).toEqual({ code: 0, listed: [] });
  });

  it.each([
    ["the SCIM server", "https://scim.example", "https://scim.attacker.example", "scim.baseUrl"],
    ["the database's host", "db.example", "db.attacker.example", "database.host"],
    ["a port that Pulumi reads as octal", "5432", "05432", "database.port"],
    ["the TLS mode", "port: 5432", "port: 5432, sslmode: require", "database.sslmode"],
    ["the tenant", "c0e9a002", "c0e9a003", "tenantId"],
    ["a team's CA", "ca.blue.example", "ca.attacker.example", "teams.blue.smallstep.caUrl"],
    [
      "a team's new server",
      "teamSlug: blue }",
      "teamSlug: blue }\n      scim: { baseUrl: https://a.example }",
      "teams.blue.scim.baseUrl",
    ],
    ["a removed address", "baseUrl: https://scim.example\n    ", "", "scim.baseUrl"],
    ["the root certificates", "  p:oidc:", "  p:smallstep: { caRootCert: x }\n  p:oidc:", "smallstep.caRootCert"],
    ["the cluster", "  p:oidc:", "  p:kubernetes: { context: other }\n  p:oidc:", "kubernetes.context"],
    [
      "the cloud",
      "  azuread:clientId",
      "  azuread:metadataHost: a.example\n  azuread:clientId",
      "azuread:metadataHost",
    ],
    [
      "another environment",
      "  azuread:clientId",
      "  azuread:environment: china\n  azuread:clientId",
      "azuread:environment",
    ],
    [
      "another provider",
      "  azuread:clientId",
      "  kubernetes:kubeconfig: x\n  azuread:clientId",
      "kubernetes:kubeconfig",
    ],
    [
      "a key in Pulumi's older form",
      "  p:oidc:",
      "  p:config:scim: { baseUrl: https://a.example }\n  p:oidc:",
      "config:scim.baseUrl",
    ],
    ["an unknown section", "  p:oidc:", "  p:proxy: { url: https://a.example }\n  p:oidc:", "proxy.url"],
    ["an unknown setting", "displayName: SSH", "displayName: SSH, issuer: https://a.example", "oidc.issuer"],
    ["an address in a section as JSON text", "{ displayName: SSH }", `'{"issuer":"https://a.example"}'`, "oidc.issuer"],
    ["a section that is not JSON", "{ displayName: SSH }", `'{ displayName'`, "oidc"],
    ["an encrypted section", "{ displayName: SSH }", "{ secure: AAAB }", "oidc"],
    ["an encrypted address", "https://scim.example", "{ secure: AAAB }", "scim.baseUrl"],
    [
      "a secret in a setting that is shown",
      "displayName: SSH",
      "displayName: { secure: AAABcGFzcw== }",
      "oidc.displayName",
    ],
    ["a secret inside a list", "{ create: ssh }", "{ create: { secure: AAABcGFzcw== } }", "groups"],
    ["a merge key", "displayName: SSH", "<<: { displayName: SSH }", "oidc.<<.displayName"],
    ["the secrets provider", "vault.vault", "attacker.vault", "secretsprovider"],
    ["an imported environment", "config:", "environment: [attacker]\nconfig:", "environment"],
    [
      "an address beside a setting whose name has a dot",
      "baseUrl: https://scim.example",
      'baseUrl: https://attacker.example\n  "p:scim.baseUrl": https://scim.example\n  "p:smallstep":\n    x: y',
      "scim.baseUrl",
    ],
    [
      "another namespace beside a section with its name",
      "azuread:clientId: 5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001",
      "azuread:clientId: other\n  p:config: { azuread:clientId: 5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001 }",
      "azuread:clientId",
    ],
  ])("withholds the preview of a change of %s", async (_, from, to, name) => {
    const { code, listed } = await changed(from, to);
    expect(code).toBe(20);
    expect(listed).toContain(name);
    expect(listed.join()).not.toMatch(/attacker\.|AAAB/);
  });

  it.each([
    ["text that is not YAML", "config: ["],
    ["a key that occurs twice", trusted.replace("p:oidc:", "p:scim: {}\n  p:oidc:")],
    ["two documents", `${trusted}---\nconfig: {}\n`],
    ["a tag", trusted.replace("db.example", "!!binary ZGIuZXhhbXBsZQ==")],
    ["a list", "- config"],
    ["a config that is not an object", "config: text\n"],
    [
      "aliases that expand without end",
      `a: &a [x, x, x, x, x, x, x, x, x, x]\n${"bcdefgh".replace(/./g, (n, at: number) => `${n}: &${n} [${Array(10).fill(`*${"abcdefg"[at]}`).join(", ")}]\n`)}`,
    ],
    ...["\r", "\u0085", "\u2028", "\u2029"].map((lineBreak): [string, string] => [
      `the line break ${JSON.stringify(lineBreak)} in comments, at which Pulumi's parser ends them`,
      `# ${lineBreak}a: "\n${trusted}# ${lineBreak}"${lineBreak}config: { p:scim: { baseUrl: https://attacker.example } }\n`,
    ]),
    ["a file above the limit", `${trusted}# ${"x".repeat(1024 * 1024)}\n`],
    ["nothing", ""],
  ])("withholds the preview of a file with %s", async (_, text) => {
    await writeFile(file("head", "Pulumi.dev.yaml"), text);
    expect(await compare()).toMatchObject({
      code: 20,
      out: expect.stringContaining("- `Pulumi.dev.yaml`\n") as string,
    });
  });

  it.each([
    ["a missing file", (name: string) => rm(file("head", name))],
    [
      "a symbolic link",
      async (name: string) => (await rm(file("head", name)), symlink(file("base", name), file("head", name))),
    ],
    ["a folder", async (name: string) => (await rm(file("head", name)), mkdir(file("head", name)))],
  ])("withholds the preview of %s", async (_, act) => {
    await act("Pulumi.dev.yaml");
    expect(listedIn((await compare()).out)).toEqual(["Pulumi.dev.yaml"]);
    await act("Pulumi.yaml");
    expect(listedIn((await compare()).out)).toEqual(["Pulumi.yaml"]);
  });

  it.each(["Pulumi.dev.yml", "Pulumi.dev.json", "Pulumi.yml", "Pulumi.json"])(
    "withholds the preview when %s is added, which Pulumi may read instead",
    async (name) => {
      await writeFile(file("head", name), '{ "config": { "p:scim": { "baseUrl": "https://a.example" } } }');
      expect((await compare()).code).toBe(20);
    },
  );

  it("withholds the preview of a new stack, of a changed project, and of a stack that the base lacks", async () => {
    await writeFile(file("head", "Pulumi.yaml"), `${project}config: { "azuread:metadataHost": a.example }\n`);
    expect((await compare()).out).toContain("- `Pulumi.yaml`\n");
    await writeFile(file("head", "Pulumi.yaml"), project);
    await rm(file("base", "Pulumi.dev.yaml"));
    expect((await compare()).code).toBe(20);
    await rm(file("head", "Pulumi.dev.yaml"));
    expect(await compare()).toMatchObject({
      code: 20,
      out: expect.stringContaining("- `Pulumi.dev.yaml`\n") as string,
    });
  });

  it("ignores the files of other stacks", async () => {
    await writeFile(file("head", "Pulumi.prod.yaml"), "config: [");
    expect((await compare()).code).toBe(0);
  });

  it("escapes names that contain commands of pipelines or act on Markdown", async () => {
    const hostile = [
      "##vso[task.setvariable variable=a]b",
      "\\n::add-mask::x",
      "\\u001b[2J\\u202e",
      "`@ada`<img src=x>",
    ];
    const keys = hostile.map((key) => `  "p:${key}": x\n`).join("");
    const summary = path.join(folder, "summary.md");
    await writeFile(file("head", "Pulumi.dev.yaml"), `${trusted}${keys}`);
    const { out } = await compare({
      env: { GITHUB_STEP_SUMMARY: summary },
      args: ["--output", path.join(folder, "preview.md")],
    });
    for (const text of [
      out,
      await readFile(summary, "utf8"),
      await readFile(path.join(folder, "preview.md"), "utf8"),
    ]) {
      // eslint-disable-next-line no-control-regex
      expect(text).not.toMatch(/##vso\[|^\s*::|[\u001b\u202e]/m);
      expect(text).toContain("npm run preview:comment -- --stack dev");
      expect(text.match(/^- /gm)).toHaveLength(hostile.length);
    }
  });

  it("prints no warning of the parser, which would quote the file", async () => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown) => void warnings.push(warning);
    process.on("warning", listen);
    await changed("displayName: SSH", "[x, ##vso]: y");
    await new Promise(setImmediate);
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });

  it("limits the number of names in the report", async () => {
    const keys = Array.from({ length: 500 }, (_, at) => `  "p:k${at}": x\n`).join("");
    await writeFile(file("head", "Pulumi.dev.yaml"), `${trusted}${keys}`);
    expect((await compare()).out.match(/^- /gm)?.length).toBeLessThan(30);
  });

  it("compares the files with a stack whose name has an organization", async () => {
    await changed("https://scim.example", "https://scim.attacker.example");
    expect(listedIn((await compare({ args: ["--stack", "org/p/dev"] })).out)).toEqual(["scim.baseUrl"]);
  });
});

describe("npm run destinations of a deployed stack", () => {
  /** The deployed configuration that equals the files. */
  const deployed: Record<string, string> = {
    "azuread:clientId": "5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001",
    "p:tenantId": "5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a002",
    "p:groups": '[{"create":"ssh"}]',
    "p:scim": '{"baseUrl":"https://scim.example","token":"canary-token"}',
    "p:database": '{"host":"db.example","port":5432,"password":"canary-password"}',
    "p:teams": '{"blue":{"smallstep":{"caUrl":"https://ca.blue.example","teamSlug":"blue"}}}',
  };
  const replaced = (key: string, from: string, to: string) => {
    expect(deployed[key]).toContain(from);
    return { ...deployed, [key]: deployed[key]?.replace(from, to) ?? "" };
  };

  it.each([
    ["the same values", deployed],
    ["other values of settings that send nothing", replaced("p:groups", "ssh", "other")],
    ["another token", replaced("p:scim", "canary-token", "canary-other")],
    ["a destination that the file leaves to its default", replaced("p:database", '"port"', '"jobPort":1,"port"')],
    ["a default of the project", { ...deployed, "azuread:environment": "china" }],
  ])("allows the preview after a deployment with %s", async (_, config) => {
    expect(await compare({ deployed: config })).toMatchObject({ code: 0, err: "" });
  });

  it.each([
    ["SCIM server", replaced("p:scim", "scim.example", "scim.old.example"), "scim.baseUrl"],
    ["database", replaced("p:database", "db.example", "db.old.example"), "database.host"],
    ["port", replaced("p:database", "5432", "5433"), "database.port"],
    ["port, which was the default", replaced("p:database", '"port":5432,', ""), "database.port"],
    ["CA of a team", replaced("p:teams", "ca.blue.example", "ca.old.example"), "teams.blue.smallstep.caUrl"],
    ["tenant", replaced("p:tenantId", "a002", "a003"), "tenantId"],
    ["identity", replaced("azuread:clientId", "a001", "a003"), "azuread:clientId"],
  ])("withholds the preview while the deployed stack has another %s", async (_, config, name) => {
    const { code, out, err } = await compare({ deployed: config });
    expect({ code, listed: listedIn(out), err }).toEqual({ code: 20, listed: [name], err: "" });
    expect(out).toContain("Deploy the base branch first");
    expect(out).not.toContain("canary");
  });

  it("compares sections and settings of providers that are JSON text", async () => {
    const database = "p:database: { host: db.example, port: 5432, password: { secure: AAABcGFzcw== } }";
    expect(trusted).toContain(database);
    const text = trusted
      .replace(database, `p:database: '{ "port": 5432, "host": "db.example" }'`)
      .replace("config:", "config:\n  pulumi:tags: { team: a, stage: dev }\n  kubernetes:kubeconfig: '{ \"a\": 1 }'");
    for (const version of ["base", "head"]) await writeFile(file(version, "Pulumi.dev.yaml"), text);
    const config = { ...deployed, "pulumi:tags": '{"stage":"dev","team":"a"}', "kubernetes:kubeconfig": '{ "a": 1 }' };
    expect(await compare({ deployed: config })).toMatchObject({ code: 0 });
    const { out } = await compare({ deployed: { ...config, "kubernetes:kubeconfig": '{ "a": 2 }' } });
    expect(listedIn(out)).toEqual(["kubernetes:kubeconfig"]);
  });

  it("compares no encrypted value with the deployed one, because the base branch's is the same", async () => {
    const text = trusted.replace("config:", "config:\n  azuread:clientSecret: { secure: AAABc2VjcmV0 }");
    for (const version of ["base", "head"]) await writeFile(file(version, "Pulumi.dev.yaml"), text);
    const config = { ...deployed, "azuread:clientSecret": "canary-client" };
    expect(await compare({ deployed: config })).toMatchObject({ code: 0 });
  });

  it("reads no state for a version with another project or secrets provider", async () => {
    for (const [name, from, to] of [
      ["Pulumi.yaml", "name: p", "name: q"],
      ["Pulumi.dev.yaml", "vault.vault", "attacker.vault"],
    ] as const) {
      const text = await readFile(file("base", name), "utf8");
      await writeFile(file("head", name), text.replace(from, to));
      const result = await run(
        (context) => destinationsCommand(context, () => Promise.reject(new Error("read the state"))),
        ["--stack", "dev", "--cwd", path.join(folder, "base"), "--head", path.join(folder, "head")],
      );
      expect(result).toMatchObject({ code: 20, err: "" });
      await writeFile(file("head", name), text);
    }
  });

  it("fails if the state cannot be read", async () => {
    const result = await run(
      (context) => destinationsCommand(context, () => Promise.reject(new Error("no stack named 'dev' found"))),
      ["--stack", "dev", "--cwd", path.join(folder, "base"), "--head", path.join(folder, "head")],
    );
    expect(result).toMatchObject({ code: 2, out: "" });
  });
});
