import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import {
  loadKubeconfig,
  Cleanup,
  pulumiHome,
  toolEnvironment,
  choosePlugins,
  emailDomain,
  namespace,
  until,
  startSandboxEnvironment,
  type SandboxEnvironment,
  findEngine,
  controlPlaneProblem,
  Shell,
} from "@smallstep-ssh/sandbox";
import { beginningWith, commandsOf, documents, inOtherNames } from "../documentation/commands";
import { setupEnvironment } from "./stack";

const root = path.join(__dirname, "../..");

const documented = documents()
  .flatMap(commandsOf)
  .map(({ command }) => command);

/** Commands that this test does not run, with the place that runs them. */
const elsewhere: [RegExp, string][] = [
  [/^npm (ci|test|run verify|run sandbox)( && npm .*)?$/, "the merge check and run.engine.test.ts run them"],
  [/--stack live\b|--create live$/, "adopt.engine.test.ts runs all commands of docs/adoption.md"],
  [/\baz ad\b|^permit /, "clients/azureCli.emulator.test.ts runs them if the Azure CLI is installed"],
  [/azurekeyvault:|azblob:/, "azureState.engine.test.ts runs them"],
];

interface Expected {
  /** Default: 0. */
  code?: number;
  output: RegExp;
}
/** The commands in the order in which a reader needs them, with the expected result of each. */
const expected: [string, Expected][] = [
  ["pulumi stack init dev", { output: /Created stack 'dev'/ }],
  ["pulumi config set tenantId ", { output: /^$/ }],
  ["pulumi config set --path 'oidc.emailDomains[0]' ", { output: /^$/ }],
  ...["scim.baseUrl", "scim.directoryId"].map((key) => setting(key)),
  ...["teamSlug", "apiHost", "authorityId", "caUrl"].map((key) => setting(`smallstep.${key}`)),
  setting("kubernetes.adminToolsImage"),
  ...["host", "username"].map((key) => setting(`database.${key}`)),
  ["pulumi config set --path --secret database.password", { output: /^$/ }],
  ["pulumi preview", { output: /\+ 3\d to create/ }],
  ["pulumi up", { output: /\+ 3\d created/ }],
  ["npm run usernames -- --group ssh --group sudo", { output: /^0 users: 0 without findings\.$/m }],
  ["npm run usernames -- --file users.csv --preset initial-surname", { code: 1, output: /2 users: .*1 with errors/ }],
  ["npm run usernames -- --group ssh --group sudo --preset upn-local-part --compare-preset", { output: /0 users/ }],
  ["pulumi refresh --preview-only", { output: /\d\d unchanged/ }],
  ["npm run preview:comment -- --stack dev", { output: /### Preview of `dev`: no changes/ }],
  ["npm run drift -- --stack dev", { output: /No drift: \d+ resources of the stack dev are as deployed/ }],
  ["pulumi preview --policy-pack packages/policy", { output: /\[advisory\] {2}client-secrets-expire/ }],
  ["pulumi up --policy-pack packages/policy", { output: /\[advisory\] {2}client-secrets-expire/ }],
  ['echo \'{ "client-secrets-expire"', { output: /^$/ }],
  [
    "pulumi preview --policy-pack packages/policy --policy-pack-config policy-config.json",
    { code: 1, output: /\[mandatory\] {2}client-secrets-expire/ },
  ],
  ["npm run status -- --stack prod", { output: /provisioner/ }],
  ["npm run --silent status -- --stack prod --format json", { output: /^\{\s*"format": 1,/ }],
  ["npm run status -- --stack prod --watch", { output: /provisioner/ }],
  ...["scim.directoryId", "smallstep.teamSlug", "smallstep.authorityId", "smallstep.caUrl"].map((key) =>
    setting(`teams.blue.${key}`),
  ),
  // Only the list of the teams changes. The first team stays.
  ["pulumi preview", { output: /\+ 2\d to create\s+~ 1 to update\s+2\d changes/ }],
  ["pulumi config rm --path teams.blue", { output: /^$/ }],
  ["pulumi config set --path 'safeguards.allowTeamRemoval[0]' blue", { output: /^$/ }],
  ["pulumi config rm --path safeguards.allowTeamRemoval", { output: /^$/ }],
  ["pulumi preview", { output: /\d\d unchanged/ }],
  ["pulumi destroy", { output: /- 3\d deleted/ }],
];

function setting(key: string): [string, Expected] {
  return [`pulumi config set --path ${key} `, { output: /^$/ }];
}

describe("documented commands, with the real engine", () => {
  const cleanup = new Cleanup();
  let missing: string | undefined;
  let environment: SandboxEnvironment;
  let shell: Shell;
  beforeAll(async () => {
    const engine = await findEngine();
    missing = typeof engine === "string" ? engine : await controlPlaneProblem();
    if (missing !== undefined) return;
    environment = await startSandboxEnvironment({ cleanup, ca: "stand-in", progress: () => undefined });
    const core = loadKubeconfig(environment.cluster.kubeconfigPath).makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const folder = await checkout(environment);
    shell = new Shell(environment.engine, folder, { ...setupEnvironment(), ...toolEnvironment(environment) });
  });
  afterAll(() => cleanup.run(() => undefined));

  it("lists every documented command here or in the exclusion list", () => {
    const matching = new Set(expected.map(([start]) => beginningWith(start, documented)));
    const undocumented = documented
      .filter((command) => !elsewhere.some(([pattern]) => pattern.test(command)))
      .filter((command) => !matching.has(command));
    expect(undocumented).toEqual([]);
    for (const [pattern] of elsewhere) expect(documented.some((command) => pattern.test(command))).toBe(true);
  });

  it("prints the documented result for each documented command in order", { timeout: 400_000 }, async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const password = environment.smallstep.database.deployer.password;
    const applications = environment.graph.state.applications.size;
    for (const [start, { code = 0, output }] of expected) {
      const command = beginningWith(start, documented);
      const result = await shell.type(
        inThisEnvironment(command, environment),
        command.endsWith("database.password") ? password : "",
      );
      expect(result, command).toMatchObject({ code, output: expect.stringMatching(output) as string });
      if (command === "pulumi stack init dev") await configureEnvironment();
      if (command === "pulumi up") await provisioned();
    }
    expect(environment.graph.state.applications.size).toBe(applications);
    expect(shell.outputs.join("\n")).not.toContain(password);
  });

  /** Sets the configuration that this environment needs in addition to the documented settings. */
  async function configureEnvironment(): Promise<void> {
    const { database } = environment.smallstep;
    const settings = {
      "groups[0].create": "ssh",
      "groups[1].create": "sudo",
      "groups[2].existing.displayName": "platform-ssh",
      "database.port": database.port,
      "database.name": database.name,
      "database.sslRootCert": environment.authority.caFile,
      "scim.deletionThreshold": 6,
      "cutover.minimumUsers": 1,
    };
    for (const [key, value] of Object.entries(settings)) {
      expect((await shell.type(`pulumi config set --path '${key}' '${value}'`)).code).toBe(0);
    }
    const rootCert = `pulumi config set --path smallstep.caRootCert -- "$(cat ${environment.authority.caFile})"`;
    expect((await shell.type(rootCert)).code).toBe(0);
  }

  /** Provisions users and waits until the Job has completed the cutover. */
  async function provisioned(): Promise<void> {
    await environment.graph.runCycle();
    const batch = loadKubeconfig(environment.cluster.kubeconfigPath).makeApiClient(BatchV1Api);
    const ended = await until(120, "running", async () => {
      const { items } = await batch.listNamespacedJob({ namespace });
      return items[0]?.status?.conditions?.find(({ status, type }) => status === "True" && type === "Complete")?.type;
    });
    expect(ended).toBe("Complete");
  }
});

/** Replaces the example values of the documentation with the values of this environment. */
function inThisEnvironment(command: string, { graph, smallstep }: SandboxEnvironment): string {
  const names: [string, string][] = [
    ["5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001", graph.tenantId],
    ["oidc.emailDomains[0]' example.com", `oidc.emailDomains[0]' ${emailDomain}`],
    ["https://scim.smallstep.example.com", smallstep.scim.baseUrl],
    ["1f3c1c4e-0e0b-4a55-8f0e-1d7e4a1b2c3d", smallstep.directory.id],
    ["7c1d...", smallstep.team.authorityId],
    ["5b6a2f0e-9f0d-4d0a-8d5e-0a6c7a3f4e22", smallstep.otherDirectory.id],
    ["teams.blue.smallstep.teamSlug blue", `teams.blue.smallstep.teamSlug ${smallstep.otherTeam.slug}`],
    ["https://ssh.blue.ca.smallstep.example.com", smallstep.ca.url],
    ["https://ssh.acme.ca.smallstep.example.com", smallstep.ca.url],
    ["folk.example.com", smallstep.database.host],
    ["database.username deployer", `database.username ${smallstep.database.deployer.username}`],
    ["--stack prod", "--stack dev"],
  ];
  return inOtherNames(command, names);
}

/**
 * Creates a folder like a clone of this repository, in which the engine finds all plugins.
 */
async function checkout(environment: SandboxEnvironment): Promise<string> {
  const folder = path.join(environment.dir, "clone");
  await mkdir(folder);
  await mkdir(path.join(environment.dir, "state"));
  for (const name of await readdir(root)) {
    if (!/^(\.|Pulumi\.yaml$)/.test(name)) await symlink(path.join(root, name), path.join(folder, name));
  }
  const engine = environment.engine;
  const { folders } = await choosePlugins({ which: "stand-in", engine, home: pulumiHome, progress: () => undefined });
  const project = parse(await readFile(path.join(root, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
  const providers = Object.entries(folders).map(([name, folder]) => ({ name, path: folder }));
  await writeFile(path.join(folder, "Pulumi.yaml"), stringify({ ...project, plugins: { providers } }));
  const csvLines = ["userPrincipalName,mail", "ada@corp.com,ada@corp.com", "1bad@corp.com,"];
  await writeFile(path.join(folder, "users.csv"), `${csvLines.join("\n")}\n`);
  return folder;
}
