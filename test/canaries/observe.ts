import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect, vi } from "vitest";
import * as cli from "@smallstep-ssh/cli/testing";
import { sandboxSettings } from "@smallstep-ssh/sandbox";
import { checkStack, type ReviewedUsernames } from "@smallstep-ssh/stack";
import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import { peopleWriter, type PeopleMode } from "entra-mappings";
import type { Canaries, Planted } from "./plant";
import { isSecret, project, TestStack, times } from "./testStack";

/** Text by the place where the product shows it. */
export type Places = Record<string, string>;
type Show = (place: string, ...texts: string[]) => void;
type Settings = ReturnType<typeof settingsOf>;

/** A run of the commands. `change` injects the cause of a failure into their options and settings. */
interface Run {
  planted: Planted;
  /** Folder of their files. */
  dir: string;
  change<T>(value: T): T;
  show: Show;
}

const pseudonymKey = "not-a-real-key-but-32-characters";
export const formats = ["table", "markdown", "html", "json", "csv"];

/** Deploys, refreshes, previews, fails, and runs the commands. Returns everything that a user can see of it. */
export async function observe(planted: Planted, people: PeopleMode): Promise<Places> {
  const places: Places = {};
  const show: Show = (place, ...texts) => void (places[place] = [places[place] ?? "", ...texts].join("\n"));
  const { graph, installation, canaries } = planted;
  const dir = await mkdtemp(path.join(tmpdir(), "canaries-"));
  const restore = capture((text) => show("log", text));
  const echo = await startEcho(planted);
  const stack = await TestStack.start(installation.authority.caPem, show);
  try {
    const settings = settingsOf(planted, people);
    const outputs = await stack.run(configOf(planted, settings));
    const jobId = String(outputs["jobId"]);
    canaries.set(String(outputs["clientSecret"]), "own client secret");
    await planted.plantDeployed(jobId, String(outputs["clientId"]));
    const logged = places["log"]?.length;
    await stack.refresh();
    await comments("drift", withNewSecrets(stack.events, canaries), { log: places["log"]?.slice(logged) ?? "" }, show);

    const usernames: ReviewedUsernames[] = [];
    const review = { jobIds: { default: jobId }, usernames: (one: ReviewedUsernames) => void usernames.push(one) };
    const changes = [{ mapping: { expression: 'Append([mailNickname], "!")' } }, { groups: [{ create: "new" }] }];
    for (const limit of [100, 0]) {
      const safeguards = { maxRenamedPercent: limit, maxLockedOutPercent: limit };
      for (const change of changes) await stack.run(configOf(planted, { ...settings, safeguards, ...change }), review);
    }
    await comments("preview-comment", withNewSecrets(stack.events, canaries), places, show, usernames);

    // Other modes differ only in what they quote.
    const failures = failuresOf(planted, echo.url).slice(people === "names" ? 0 : -1);
    for (const [from, to] of [["nothing", "nothing"], ...failures] as const) {
      const change = <T>(value: T) => JSON.parse(JSON.stringify(value).replaceAll(from, to)) as T;
      const message = `${canaries.text("message of Graph")} ${graph.state.accessTokens.at(-1)}`;
      const fault = { kind: "error", status: 500, code: "Failed", message } as const;
      if (to === "a fault of Graph") graph.faults.inject({ path: /^\/v1\.0\// }, fault, { times: Infinity });
      const run = { planted, dir, change, show };
      await planted.rotate();
      await usernamesReports(run, people, to === "nothing" ? formats : ["table"]);
      await status(run, settings, outputs);
      if (people === "names") await adoption(run);
      if (to === "nothing") continue;
      await stack.run(configOf(planted, change(settings))).then(
        () => expect.fail(`The program accepts ${to}.`),
        (error: Error) => show("errors", error.message),
      );
      await stack.operate(change);
      graph.faults.clear();
    }
    for (const token of graph.state.accessTokens) canaries.set(token, "access token");
  } finally {
    restore();
    stack.close();
    echo.close();
    await rm(dir, { recursive: true, force: true });
  }
  return places;
}

/** Passes on what the program and the plugins log. */
function capture(log: (text: string) => void): () => void {
  const write = (text: unknown) => (log(String(text)), true);
  const spies = (["log", "warn", "error"] as const).map((level) => vi.spyOn(console, level).mockImplementation(write));
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation(write);
  return () => [stderr, ...spies].forEach((spy) => spy.mockRestore());
}

function settingsOf({ graph, installation, canaries, group }: Planted, people: PeopleMode) {
  const { authority, smallstep } = installation;
  const { database, scim, ...settings } = sandboxSettings({ graph, authority, smallstep });
  return {
    ...settings,
    groups: [{ existing: { displayName: group } }],
    database: { ...database, directoryColumn: "directory_id" },
    scim: { ...scim, notificationEmail: `${canaries.text("setting notificationEmail")}@corp.com` },
    oidc: { emailDomains: ["other.example"] },
    cutover: { minimumUsers: 5, requiredUsers: [canaries.text("setting requiredUsers")] },
    checks: { people, pseudonymKey },
  };
}

/** Returns the configuration in the form in which the engine passes it to the program. */
function configOf({ graph: { metadataHost, deployer } }: Planted, settings: object): Record<string, string> {
  const { clientId, clientSecret } = deployer;
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const own = Object.entries(settings).map(([key, value]) => [`${project}:${key}`, text(value)] as const);
  const azuread = { "azuread:metadataHost": metadataHost, "azuread:clientId": clientId };
  return { ...azuread, "azuread:clientSecret": clientSecret, ...Object.fromEntries(own) };
}

/** Starts a server that returns the headers of each request in an error. No client retries its status. */
async function startEcho({ installation }: Planted): Promise<{ url: string; close(): void }> {
  const server = createServer(await installation.authority.issue(), ({ headers }, response) => {
    const text = JSON.stringify(headers);
    response.writeHead(501, text, { "content-type": "application/json" });
    response.end(JSON.stringify({ detail: text, error: { code: text, message: text } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => [server.closeAllConnections(), server.close()];
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, close };
}

/** Causes of failures: a text to replace in settings, inputs and command lines, and its replacement. */
function failuresOf({ installation: { smallstep }, group, sharedDirectory }: Planted, echo: string) {
  const { directory, team, database, scim, ca } = smallstep;
  return [
    ...["id", "token", "no_column"].map((column) => ["directory_id", column] as const),
    [team.slug, "nobody"],
    [directory.id, "00000000-1111-4222-8333-444444444444"],
    [directory.id, sharedDirectory],
    [group, "no group"],
    [database.deployer.password, "no password"],
    [scim.baseUrl, echo],
    [ca.url, echo],
    ["nothing", "a fault of Graph"],
  ] as const;
}

function open({ graph, client, installation }: Planted, people = peopleWriter()) {
  const { metadataHost, tenantId } = graph;
  const options = { trust: installation.authority.caPem, times, env: {}, people };
  return openGraph({ metadataHost, tenantId, ...client }, options);
}

const textOf = ({ out, err }: cli.RunResult) => `${out}\n${err}`;

async function usernamesReports(
  { planted, dir, change, show }: Run,
  people: PeopleMode,
  used: string[],
): Promise<void> {
  for (const format of used) {
    const file = path.join(dir, format);
    const argv = ["--people", people, "--group", planted.group, "--format", format, "--output", file];
    const compared = ["--compare-expression", "[mailNickname]", "--domain", "other.example"];
    const result = await cli.runUsernames(change([...argv, ...compared]), {
      fromGraph: async (given) => cli.graphDirectory({ ...given, open: () => open(planted, given.people) }),
      env: { PSEUDONYM_KEY: pseudonymKey },
    });
    show(`usernames as ${format}`, textOf(result), existsSync(file) ? await readFile(file, "utf8") : "");
  }
}

/** Reports the status of the deployment with these outputs. */
async function status(
  { planted, change, show }: Run,
  given: Settings,
  outputs: Record<string, unknown>,
): Promise<void> {
  const settings = change(given);
  const graph = await open(planted, peopleWriter(settings.checks.people, pseudonymKey));
  for (const format of ["table", "json"]) {
    const open = () =>
      Promise.resolve(checkStack(settings).teams.map((team) => cli.deployed("prod", team, outputs, graph)));
    const argv = ["--stack", "prod", "--format", format];
    show(`status as ${format}`, textOf(await cli.run((context) => cli.statusCommand(context, open), argv)));
  }
}

async function adoption({ planted, dir, change, show }: Run): Promise<void> {
  const { graph, client: credentials, installation } = planted;
  const { authority, smallstep } = installation;
  const PGPASSWORD = smallstep.database.deployer.password;
  const environment = { graph, authority, smallstep };
  const argv = ["--force", "--format", "json", ...cli.adoptArguments(environment, "adopted", dir)];
  for (const given of [argv, argv.slice(3)]) {
    const result = await cli.adopt(environment, change(given), { credentials, env: change({ PGPASSWORD }) });
    show("adopt", textOf(result));
  }
  const files = (await readdir(dir)).filter((name) => name.includes("adopted"));
  for (const name of files) show("adopt", await readFile(path.join(dir, name), "utf8"));
}

/** Replaces each secret by a text that this process has not read yet, so that it does not redact it. */
function withNewSecrets(events: readonly EngineEvent[], canaries: Canaries): EngineEvent[] {
  const renew = (_: string, one: unknown) =>
    isSecret(one) ? { ...one, value: canaries.text("secret of the state") } : one;
  return JSON.parse(JSON.stringify(events), renew) as EngineEvent[];
}

/** Runs a command that shows the engine's events: these changes, and the messages and errors until now. */
async function comments(
  command: "drift" | "preview-comment",
  changes: readonly EngineEvent[],
  { log = "", errors = "" }: Places,
  show: Show,
  usernames: ReviewedUsernames[] = [],
): Promise<void> {
  const github = await cli.startGitHub();
  const { number } = github.open({ login: "ada", title: "A change", body: "", pullRequest: true });
  const env = {
    ...{ GITHUB_TOKEN: github.token, GITHUB_REPOSITORY: github.repository, GITHUB_API_URL: github.url },
    GITHUB_REF: `refs/pull/${number}/merge`,
  };
  for (const failed of [false, true]) {
    const messages = [
      cli.diagnostic("warning", log),
      ...(failed ? [cli.diagnostic("error", `Failed. ${errors}`)] : []),
    ];
    const result = { events: [...messages, ...changes], failed };
    const create: Parameters<typeof cli.run>[0] = (context) =>
      command === "drift"
        ? cli.driftCommand(context, () => Promise.resolve(result))
        : cli.previewCommentCommand(context, () => Promise.resolve({ ...result, usernames }));
    show(command, textOf(await cli.run(create, ["--stack", "prod", "--post", "github"], { env })));
    show(command, JSON.stringify([...github.issues.values()]));
  }
  await github.close();
}
