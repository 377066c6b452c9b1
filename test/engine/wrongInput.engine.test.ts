import type { ConfigMap } from "@pulumi/pulumi/automation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectName } from "@smallstep-ssh/sandbox";
import { startPreviewServices, type PreviewServices } from "./stack";

const unknownGuid = "00000000-1111-4222-8333-444444444444";
type Settings = ReturnType<PreviewServices["settings"]>;

describe("stack with wrong input, with the real engine", () => {
  let services: PreviewServices;
  beforeAll(async () => {
    services = await startPreviewServices();
  });
  afterAll(() => services?.close());

  /** Runs `pulumi OPERATION`, asserts that it fails and creates nothing, and returns its output. */
  async function expectRejected(
    settings: object,
    credentials: { clientId: string; clientSecret: string },
    operation: "preview" | "up" = "preview",
    plainText?: ConfigMap,
  ): Promise<string> {
    const { graph, smallstep } = services;
    const stack = await services.stack({ settings, credentials });
    if (plainText !== undefined) await stack.setConfig(plainText);
    const before = graph.requests.all().length;
    const error = await stack[operation]().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error, "the operation must fail").toBeDefined();
    const state = JSON.parse(await stack.stateFile()) as {
      checkpoint: { latest?: { resources?: { type: string }[] } };
    };
    // The checks run in a plugin, and an update records the settings of its provider. No service knows a provider.
    const isInService = ({ type }: { type: string }) =>
      type !== "pulumi:pulumi:Stack" && !/^pulumi:providers:/.test(type);
    const made = (state.checkpoint.latest?.resources ?? []).filter(isInService);
    expect(made).toEqual([]);
    const writes = graph.requests
      .all()
      .slice(before)
      .filter(({ method, path }) => method !== "GET" && !/\/token$/.test(path));
    expect(writes).toEqual([]);
    const text = `${error?.message ?? ""}\n${stack.transcript.join("")}`;
    for (const secret of [credentials.clientSecret, smallstep.database.deployer.password, smallstep.directory.token]) {
      if (secret !== "") expect(text).not.toContain(secret);
    }
    return text;
  }

  const settings = (change: (settings: Settings) => void = () => undefined): Settings => {
    const result = services.settings();
    change(result);
    return result;
  };

  const cases: [string, () => Promise<string>, RegExp[]][] = [
    [
      "an empty configuration and names every missing key",
      () => expectRejected({}, services.graph.deployer),
      [/tenantId: is missing/, /scim\.baseUrl: is missing/, /database\.password: is missing/, /nothing was changed/],
    ],
    [
      "a tenant id that is not a GUID",
      () =>
        expectRejected(
          settings((s) => (s.tenantId = "contoso")),
          services.graph.deployer,
        ),
      [/tenantId: "contoso" is not a GUID/],
    ],
    [
      "secrets in plain text, together with other problems",
      () => {
        const { tenantId: _tenantId, database, ...others } = settings();
        const { password: value, ...rest } = database;
        return expectRejected({ ...others, database: rest }, services.graph.deployer, "preview", {
          [`${projectName}:database.password`]: { value },
          "azuread:clientSecret": { value: services.graph.deployer.clientSecret },
        });
      },
      [
        /database\.password: is a secret in plain text; encrypt it with `pulumi config set --secret --path database\.password`/,
        /azuread:clientSecret: is a secret in plain text; encrypt it with `.* azuread:clientSecret`/,
        /tenantId: is missing/,
      ],
    ],
    [
      "an expression that does not parse",
      () => expectRejected({ ...settings(), mapping: { expression: "ToLower([mail]" } }, services.graph.deployer),
      [/mapping\.expression: does not parse at character \d+: /],
    ],
    [
      "a directory that the database does not contain",
      () =>
        expectRejected(
          settings((s) => (s.scim.directoryId = unknownGuid)),
          services.graph.deployer,
        ),
      [
        /scim\.directoryId: scim_logins has no directory 00000000-1111-4222-8333-444444444444 in the column directory_id \(2 rows /,
      ],
    ],
    [
      "a team that the database does not contain",
      () =>
        expectRejected(
          settings((s) => (s.smallstep.teamSlug = "nobody")),
          services.graph.deployer,
        ),
      [/smallstep\.teamSlug: No team has the slug "nobody" \(2 teams have another one\)/],
    ],
    [
      "a directory that belongs to another team",
      () =>
        expectRejected(
          settings((s) => (s.scim.directoryId = services.smallstep.otherDirectory.id)),
          services.graph.deployer,
        ),
      [
        /scim\.directoryId: directory [0-9a-f-]+ belongs to team globex: its users would get access, and the users of "acme" would lose it/,
        /set safeguards\.allowSharedDirectory to allow it/,
      ],
    ],
    [
      "a SCIM token that the SCIM server rejects",
      () =>
        expectRejected(
          { ...settings(), scim: { ...settings().scim, token: "not-the-token-of-it" } },
          services.graph.deployer,
        ),
      [/scim\.token: the SCIM server rejects it: .*401/],
    ],
    [
      "a database that cannot be reached",
      () =>
        expectRejected(
          settings((s) => (s.database.port = 1)),
          services.graph.deployer,
        ),
      [/database: the folk database at .*:1 cannot be reached \(ECONNREFUSED\)/],
    ],
    [
      "credentials that Entra rejects",
      () =>
        expectRejected(settings(), { clientId: services.graph.deployer.clientId, clientSecret: "wrong-client-secret" }),
      [/Microsoft Graph: Entra ID issued no token/],
    ],
    [
      "credentials that Entra rejects, once also without the checks",
      async () => {
        const credentials = { clientId: services.graph.deployer.clientId, clientSecret: "wrong-client-secret" };
        const texts = ["error", "warn", "off"].map(async (usernames) => {
          const checks = { connections: "off", usernames };
          const text = await expectRejected({ ...settings(), checks }, credentials);
          // In the message of the failed operation and in its output, which has it inline and at the end.
          expect(new Set(text.match(/AADSTS7000215.*/g))).toHaveLength(1);
          expect(text).not.toMatch(/Unhandled|invocation of|^ +at /m);
          return text;
        });
        return (await Promise.all(texts)).join("\n");
      },
      [/Entra ID issued no token: AADSTS7000215: .*; correct clientSecret \(ARM_CLIENT_SECRET\)\./],
    ],
    [
      "a client without a secret and names the variable of the secret",
      () => expectRejected(settings(), { clientId: services.graph.deployer.clientId, clientSecret: "" }),
      [/issued no token: clientId \(ARM_CLIENT_ID\) is set without clientSecret \(ARM_CLIENT_SECRET\)/],
    ],
    [
      "credentials without a permission and names the permission",
      () =>
        expectRejected(
          settings(),
          services.graph.addClient({ permissions: ["Application.ReadWrite.All", "User.Read.All"] }),
        ),
      [
        /lacks the application permission AppRoleAssignment\.ReadWrite\.All, to assign the groups/,
        /lacks the application permission Synchronization\.ReadWrite\.All or .*, to configure and start provisioning/,
      ],
    ],
    [
      "an existing group that is missing or not unique",
      async () => {
        const texts = ["nobody", "operators"].map((displayName) =>
          expectRejected({ ...settings(), groups: [{ existing: { displayName } }] }, services.graph.deployer),
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
          services.graph.deployer,
          "up",
        ),
      [/smallstep\.teamSlug: No team has the slug "nobody"/],
    ],
  ];

  it.for(cases)("rejects %s", async ([, run, sentences], context) => {
    if (typeof services.engine === "string") return context.skip(services.engine);
    const text = await run();
    for (const sentence of sentences) expect(text).toMatch(sentence);
  });
});
