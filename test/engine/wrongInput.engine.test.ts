import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, sandboxSettings, startSmallstep, type Smallstep, findEngine } from "@smallstep-ssh/sandbox";
import { startGraph, type GraphEmulator, createAuthority, type Authority } from "entra-emulator";
import { testStack } from "./stack";

const unknownGuid = "00000000-1111-4222-8333-444444444444";
type Settings = ReturnType<typeof sandboxSettings>;

describe("stack with wrong input, with the real engine", () => {
  let engine: Engine | string;
  let dir = "";
  let authority: Authority;
  let graph: GraphEmulator;
  let smallstep: Smallstep;
  let stacks = 0;

  beforeAll(async () => {
    engine = await findEngine();
    if (typeof engine === "string") return;
    dir = await mkdtemp(path.join(tmpdir(), "wrong-input-"));
    authority = await createAuthority(path.join(dir, "tls"));
    graph = await startGraph({ authority });
    smallstep = await startSmallstep({ authority, dir: path.join(dir, "smallstep") });
  });
  afterAll(async () => {
    await smallstep?.close();
    await graph?.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** Runs `pulumi OPERATION`, asserts that it fails and creates nothing, and returns its output. */
  async function expectRejected(
    settings: object,
    credentials: { clientId: string; clientSecret: string },
    operation: "preview" | "up" = "preview",
  ): Promise<string> {
    if (typeof engine === "string") throw new Error(engine);
    const stack = await testStack({
      dir: path.join(dir, `stack-${++stacks}`),
      ...{ engine, graph, authority, settings, credentials },
    });
    const before = graph.requests.all().length;
    const error = await stack[operation]().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error, "the operation must fail").toBeDefined();
    const state = JSON.parse(await stack.stateFile()) as {
      checkpoint: { latest?: { resources?: { type: string }[] } };
    };
    const made = (state.checkpoint.latest?.resources ?? []).filter(({ type }) => type !== "pulumi:pulumi:Stack");
    expect(made).toEqual([]);
    const writes = graph.requests
      .all()
      .slice(before)
      .filter(({ method, path }) => method !== "GET" && !/\/token$/.test(path));
    expect(writes).toEqual([]);
    const text = `${error?.message ?? ""}\n${stack.transcript.join("")}`;
    for (const secret of [credentials.clientSecret, smallstep.database.deployer.password, smallstep.directory.token]) {
      expect(text).not.toContain(secret);
    }
    return text;
  }

  const settings = (change: (settings: Settings) => void = () => undefined): Settings => {
    const environment = { graph, smallstep, authority } as Parameters<typeof sandboxSettings>[0];
    const result = sandboxSettings(environment);
    change(result);
    return result;
  };

  const cases: [string, () => Promise<string>, RegExp[]][] = [
    [
      "an empty configuration and names every missing key",
      () => expectRejected({}, graph.deployer),
      [/tenantId: is missing/, /scim\.baseUrl: is missing/, /database\.password: is missing/, /nothing was changed/],
    ],
    [
      "a tenant id that is not a GUID",
      () =>
        expectRejected(
          settings((s) => (s.tenantId = "contoso")),
          graph.deployer,
        ),
      [/tenantId: "contoso" is not a GUID/],
    ],
    [
      "an expression that does not parse",
      () => expectRejected({ ...settings(), mapping: { expression: "ToLower([mail]" } }, graph.deployer),
      [/mapping\.expression: does not parse at character \d+: /],
    ],
    [
      "a directory that the database does not contain",
      () =>
        expectRejected(
          settings((s) => (s.scim.directoryId = unknownGuid)),
          graph.deployer,
        ),
      [/scim\.directoryId: scim_logins has no directory 00000000-1111-4222-8333-444444444444 \(known: /],
    ],
    [
      "a team that the database does not contain",
      () =>
        expectRejected(
          settings((s) => (s.smallstep.teamSlug = "nobody")),
          graph.deployer,
        ),
      [/smallstep\.teamSlug: No team has the slug "nobody" \(known: acme, globex\)/],
    ],
    [
      "a directory that belongs to another team",
      () =>
        expectRejected(
          settings((s) => (s.scim.directoryId = smallstep.otherDirectory.id)),
          graph.deployer,
        ),
      [
        /scim\.directoryId: directory [0-9a-f-]+ belongs to team globex: its users would get access, and the users of "acme" would lose it/,
        /set safeguards\.allowSharedDirectory to allow it/,
      ],
    ],
    [
      "a SCIM token that the SCIM server rejects",
      () =>
        expectRejected({ ...settings(), scim: { ...settings().scim, token: "not-the-token-of-it" } }, graph.deployer),
      [/scim\.token: the SCIM server rejects it: .*401/],
    ],
    [
      "a database that cannot be reached",
      () =>
        expectRejected(
          settings((s) => (s.database.port = 1)),
          graph.deployer,
        ),
      [/database: the folk database at .*:1 cannot be reached \(ECONNREFUSED\)/],
    ],
    [
      "credentials that Entra rejects",
      () => expectRejected(settings(), { clientId: graph.deployer.clientId, clientSecret: "wrong-client-secret" }),
      [/Microsoft Graph: Entra ID issued no token/],
    ],
    [
      "credentials without a permission and names the permission",
      () =>
        expectRejected(settings(), graph.addClient({ permissions: ["Application.ReadWrite.All", "User.Read.All"] })),
      [
        /lacks the application permission AppRoleAssignment\.ReadWrite\.All, to assign the groups/,
        /lacks the application permission Synchronization\.ReadWrite\.All or .*, to configure and start provisioning/,
      ],
    ],
    [
      "an existing group that is missing or not unique",
      async () => {
        const texts = ["nobody", "operators"].map((displayName) =>
          expectRejected({ ...settings(), groups: [{ existing: { displayName } }] }, graph.deployer),
        );
        return (await Promise.all(texts)).join("\n");
      },
      [
        /no group has the display name "nobody"/,
        /2 security groups have the display name "operators"; set the object id of one/,
      ],
    ],
    [
      "an unknown team in an update as in a preview",
      () =>
        expectRejected(
          settings((s) => (s.smallstep.teamSlug = "nobody")),
          graph.deployer,
          "up",
        ),
      [/smallstep\.teamSlug: No team has the slug "nobody"/],
    ],
  ];

  it.for(cases)("rejects %s", async ([, run, sentences], context) => {
    if (typeof engine === "string") return context.skip(engine);
    const text = await run();
    for (const sentence of sentences) expect(text).toMatch(sentence);
  });
});
