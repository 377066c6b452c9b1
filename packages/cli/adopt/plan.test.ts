import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { quickstartMappings, delegatedScopes, microsoftGraphAppId } from "@smallstep-ssh/components";
import { checkSettings, minimalSettings } from "@smallstep-ssh/stack/testing";
import { presets } from "entra-mappings";
import { importFile } from "./importFile";
import { notificationSettings, tenantAddress } from "./parts/job";
import { components } from "./parts/part";
import { findClientSecretEndDate } from "./parts/provisioner";
import { plan, type DiscoveredSetup, type PlanOptions } from "./plan";
import { asText, nextCommands } from "./report";

const directoryId = "1f3c1c4e-0e0b-4a55-8f0e-1d7e4a1b2c3d";
const tenantId = "5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001";
const role = "18d14569-c3bd-439b-9a66-3a2aee01d14f";
const zero = "00000000-0000-0000-0000-000000000000";
const groupId = "9b2f6c1d-3c55-4b0e-8a53-1d0e5c7a4f10";
const admin = "0c9a1f7e-8d43-4f57-9a55-2f3d8f6c1e77";
const endpoint = "https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration";
const choices: PlanOptions = {
  clientSecret: "keep",
  keepMappings: false,
  configurationEndpoint: endpoint,
  now: new Date("2026-11-24T00:00:00Z"),
};

/** A setup that follows the quickstart exactly and matches what the stack declares. */
function neat(): DiscoveredSetup {
  return {
    tenantId,
    deployer: "deployer",
    application: {
      id: "app",
      appId: "client",
      displayName: "Smallstep SSH",
      signInAudience: "AzureADMyOrg",
      publicClient: { redirectUris: ["http://127.0.0.1"] },
      optionalClaims: { idToken: [{ name: "email" }] },
      requiredResourceAccess: [
        {
          resourceAppId: microsoftGraphAppId,
          resourceAccess: Object.values(delegatedScopes).map((id) => ({ id, type: "Scope" })),
        },
      ],
      passwordCredentials: [{ hint: "abc", endDateTime: "2299-12-31T00:00:00Z" }],
      owners: [admin],
    },
    signIn: { id: "sign-in", owners: [admin], assignments: [], grants: [] },
    enterpriseApp: {
      id: "principal",
      appId: "provisioning",
      applicationId: "registration",
      displayName: "smallstep-usersync",
      applicationTemplateId: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
      appRoles: [{ id: role, displayName: "User", isEnabled: true, allowedMemberTypes: ["User"] }],
      tags: ["WindowsAzureActiveDirectoryIntegratedApp"],
      assignments: [{ id: "a1", principalId: groupId, principalType: "Group", appRoleId: role }],
    },
    groups: [{ id: groupId, displayName: "ssh" }],
    job: {
      id: "scim.1",
      templateId: "scim",
      stopped: undefined,
      mappings: quickstartMappings({ userName: presets["upn-local-part"].expression }),
    },
    secrets: [
      { key: "BaseAddress", value: `https://scim.example.com/${directoryId}/v2` },
      { key: "SecretToken", value: "*" },
      { key: "SyncNotificationSettings", value: '{"DeleteThresholdEnabled":true,"DeleteThresholdValue":500}' },
    ],
    provisioner: {
      name: "azuread",
      clientId: "client",
      clientSecret: "abcdef",
      configurationEndpoint: endpoint,
      tenantId,
      domains: ["example.com"],
      listenAddress: "127.0.0.1:10000",
    },
    team: { slug: "acme", directoryId, sharing: [] },
  };
}

const changed = (change: (found: DiscoveredSetup) => void, given: Partial<PlanOptions> = {}) => {
  const found = neat();
  change(found);
  return plan(found, { ...choices, ...given });
};
const differencesAfter = (change: (found: DiscoveredSetup) => void, given: Partial<PlanOptions> = {}) =>
  changed(change, given).differences.map(({ kind, found, upEffect }) => `${kind}: ${found} up ${upEffect}`);
const always = neatDifferences();

function neatDifferences(): string[] {
  return plan(neat(), choices).differences.map(({ kind, found, upEffect }) => `${kind}: ${found} up ${upEffect}`);
}

describe("plan of a setup that follows the quickstart", () => {
  it("needs few settings and reports only the SCIM token when the setup follows the quickstart", () => {
    expect(plan(neat(), choices).settings).toEqual({
      tenantId,
      groups: [{ existing: { objectId: groupId } }],
      oidc: { emailDomains: ["example.com"], owners: [admin] },
      scim: { baseUrl: "https://scim.example.com", directoryId },
      mapping: {},
    });
    expect(always).toEqual([expect.stringMatching(/^note: Entra does not show the SCIM token/)]);
  });

  it("produces settings that pass the validation of the configuration", () => {
    const { settings } = plan(neat(), choices);
    expect(() => checkSettings({ ...minimalSettings(), ...settings })).not.toThrow();
  });

  it("imports resources under the names of the program, with import ids in the provider's format", () => {
    const { imports } = plan(neat(), choices);
    const golden = JSON.parse(readFileSync(path.join(__dirname, "../../../test/golden/dev.json"), "utf8")) as {
      type: string;
      name: string;
    }[];
    const declared = new Set(golden.map(({ type, name }) => `${type} ${name}`));
    // The stack of the golden graph identifies the group by its name.
    for (const { type, name } of [...imports, ...Object.values(components)])
      expect(declared).toContain(`${type} ${name.replace(groupId, "ssh")}`);
    expect(Object.fromEntries(imports.map(({ type, id }) => [type.split(":").pop(), id]))).toEqual({
      Application: "/applications/app",
      ServicePrincipal: "/servicePrincipals/sign-in",
      ApplicationFromTemplate:
        "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate/registration/principal",
      AppRoleAssignment: "/servicePrincipals/principal/appRoleAssignedTo/a1",
      SynchronizationJob: "/servicePrincipals/principal/synchronization/jobs/scim.1",
      SynchronizationSecret: "/servicePrincipals/principal",
      AttributeMappings: "/servicePrincipals/principal/synchronization/jobs/scim.1",
      Provisioning: "/servicePrincipals/principal/synchronization/jobs/scim.1",
    });
  });

  it("writes an import file in which every parent and provider is defined", () => {
    const { imports } = plan(neat(), choices);
    const file = importFile(imports, { stack: "s", project: "p", versions: { azuread: "6.9.1", usersync: "1" } }) as {
      nameTable: Record<string, string>;
      resources: { name: string; parent?: string; provider?: string; component?: boolean; version?: string }[];
    };
    expect(file.nameTable).toEqual({
      azuread: "urn:pulumi:s::p::pulumi:providers:azuread::azuread",
      usersync: "urn:pulumi:s::p::pulumi:providers:usersync::usersync",
    });
    const parents = file.resources.filter(({ component }) => component).map(({ name }) => name);
    expect(new Set(file.resources.map(({ name }) => name)).size).toBe(file.resources.length);
    for (const { parent, provider, component } of file.resources) {
      if (component) continue;
      expect(parents).toContain(parent);
      expect(Object.keys(file.nameTable)).toContain(provider);
    }
  });
});

describe("plan of a setup that differs", () => {
  it.each<[string, (found: DiscoveredSetup) => void, RegExp]>([
    ["no service principal", (f) => (f.signIn = undefined), /^change: It has no service principal.* up creates it/],
    ["no owner", (f) => (f.application.owners = []), /^change: It has no owner/],
    [
      "other owners of the principal",
      (f) => (f.signIn!.owners = []),
      /^change: The owners of its service principal \(none\) differ/,
    ],
    ["disabled sign-in", (f) => (f.signIn!.accountEnabled = false), /^change: Sign-in to it is disabled/],
    [
      "a web redirect",
      (f) => (f.application.web = { redirectUris: ["https://x/"] }),
      /web redirect URIs \(https:\/\/x\/\)/,
    ],
    ["multi-tenant", (f) => (f.application.signInAudience = "AzureADMultipleOrgs"), /sign-in audience \(AzureADMult/],
    [
      "no template",
      (f) => (f.enterpriseApp.applicationTemplateId = null),
      /^note: It was not created from the non-gallery/,
    ],
    ["drifted tags", (f) => (f.enterpriseApp.tags = ["x"]), /^note: Its tags have drifted \(x\)/],
    [
      "the zero id",
      (f) => (f.enterpriseApp.assignments[0]!.appRoleId = zero),
      /^change: The group ssh is assigned with a role other than User/,
    ],
    ["no assignment", (f) => (f.enterpriseApp.assignments = []), /^change: The group ssh is not assigned/],
    [
      "a second assignment",
      (f) =>
        f.enterpriseApp.assignments.push({ id: "a2", principalId: groupId, principalType: "Group", appRoleId: zero }),
      /^note: The group ssh is assigned a second time \(0{8}-/,
    ],
    [
      "an assigned user",
      (f) => f.enterpriseApp.assignments.push({ id: "a2", principalId: "u", principalType: "User", appRoleId: role }),
      /^note: It has further assignments \(1\): u/,
    ],
    ["no job", (f) => (f.job = undefined), /^change: It has no synchronization job/],
    [
      "a job of the old template",
      (f) => (f.job!.templateId = "customappsso"),
      /^attention: .*customappsso, not scim\. up REPLACES/,
    ],
    ["quarantine", (f) => (f.job!.stopped = "is in quarantine"), /^change: Its job is in quarantine\. up starts it/],
    ["an unknown schema", (f) => (f.job!.mappings = undefined), /^attention: The schema of its job does not map users/],
    ["further secrets", (f) => f.secrets.push({ key: "UserName", value: "*" }), /^attention: .*not declare: UserName/],
    ["a flag in the URL", (f) => (f.secrets[0]!.value += "?aadOptscim062020"), /^change: Its Tenant URL is .*aadOpt/],
    ["no deletion limit", (f) => (f.secrets.length = 2), /^change: Accidental deletions are not prevented/],
    ["no provisioner", (f) => (f.provisioner = undefined), /^change: It publishes no OIDC provisioner/],
    [
      "another endpoint",
      (f) => (f.provisioner!.configurationEndpoint = "https://x"),
      /^change: Its configurationEndpoint .* up runs the Job, which updates it/,
    ],
    [
      "a provisioner of another client",
      (f) => (f.provisioner!.clientId = "other"),
      /^attention: Its clientId .* up runs a Job that fails/,
    ],
    ["any domain", (f) => (f.provisioner!.domains = []), /^attention: It accepts users of every email domain/],
    [
      "an unknown secret",
      (f) => (f.provisioner!.clientSecret = "xyz"),
      /^attention: The app registration has no secret that matches/,
    ],
    ["a team without a directory", (f) => (f.team.directoryId = null), /^change: It uses no directory/],
    ["other teams with the same directory", (f) => (f.team.sharing = ["globex"]), /^attention: Other teams .*: globex/],
    [
      "consent to more",
      (f) => f.signIn!.grants!.push({ id: "c", consentType: "AllPrincipals", scope: "openid User.Read" }),
      /^note: It has consent that differs/,
    ],
  ])("reports %s", (_, change, sentence) => {
    const lines = differencesAfter(change).filter((line) => !always.includes(line));
    expect(
      lines.filter((line) => sentence.test(line)),
      lines.join("\n"),
    ).toHaveLength(1);
  });

  it("keeps every difference that settings can express", () => {
    const { settings, imports } = changed((f) => {
      f.application.displayName = "SSH";
      f.application.owners = ["deployer"];
      f.application.publicClient = { redirectUris: ["http://localhost", "custom://x"] };
      f.application.passwordCredentials![0]!.endDateTime = "2027-05-06T07:08:09.123Z";
      f.signIn!.appRoleAssignmentRequired = true;
      f.signIn!.assignments = [{ id: "d1", principalId: groupId, principalType: "Group", appRoleId: zero }];
      f.signIn!.grants = [{ id: "c1", consentType: "AllPrincipals", scope: "profile openid email" }];
      f.provisioner!.listenAddress = "";
      f.secrets[2]!.value =
        '{"Enabled":true,"Recipients":"a@x.com","DeleteThresholdEnabled":true,"DeleteThresholdValue":50}';
    });
    expect(settings).toMatchObject({
      groups: [{ existing: { objectId: groupId } }],
      oidc: {
        displayName: "SSH",
        redirectUris: ["http://localhost"],
        clientSecretEndDate: "2027-05-06T07:08:09Z",
        assignmentRequired: true,
        adminConsent: true,
        listenAddress: "any",
      },
      scim: { deletionThreshold: 50, notificationEmail: "a@x.com" },
    });
    expect(settings.oidc).not.toHaveProperty("owners");
    const ids = imports.map(({ name, id }) => `${name} ${id}`);
    expect(ids).toContain(`smallstep-ssh-${groupId} /servicePrincipals/sign-in/appRoleAssignedTo/d1`);
    expect(ids).toContain("smallstep-ssh /oauth2PermissionGrants/c1");
  });

  it("reports a client secret that expires soon, has expired, or will be rotated", () => {
    const ending = (end: string) => differencesAfter((f) => (f.application.passwordCredentials![0]!.endDateTime = end));
    expect(ending("2026-12-24T00:00:00Z").join()).toMatch(/It expires on 2026-12-24T00:00:00Z, in 30 days/);
    expect(ending("2026-01-01T00:00:00Z").join()).toMatch(/It expired on 2026-01-01T00:00:00Z: users cannot sign in/);
    const rotate = changed(() => undefined, { clientSecret: "rotate" });
    expect(rotate.settings.oidc).not.toHaveProperty("clientSecretEndDate");
    expect(rotate.differences.map(({ upEffect }) => upEffect).join()).toMatch(
      /creates a new one.* updates the provisioner/,
    );
  });
});

describe("parsers of discovered values", () => {
  it("splits a tenant URL and rejects other addresses", () => {
    const of = (value: string) => tenantAddress([{ key: "BaseAddress", value }]);
    expect(of(`https://h/p/${directoryId}/v2/?flag`)).toEqual({ baseUrl: "https://h/p", directoryId });
    for (const other of ["*", "", `http://h/${directoryId}/v2`, "https://h/x/v2", `https://h/${directoryId}`]) {
      expect(of(other)).toBeUndefined();
    }
  });

  it("reads the notification settings saved by the portal, and nothing from masked or invalid ones", () => {
    const of = (value: string) => notificationSettings([{ key: "SyncNotificationSettings", value }]);
    for (const value of [
      "*",
      "",
      "null",
      "[]",
      "{}",
      '{"DeleteThresholdEnabled":true,"DeleteThresholdValue":"many"}',
    ]) {
      expect(of(value)).toEqual({});
    }
  });

  it("returns the expiry of the CA's client secret, the earliest when several secrets match", () => {
    const at = (hint: string | null, endDateTime: string | null) => ({ hint, endDateTime });
    expect(
      findClientSecretEndDate([at("abc", "2030-01-01T00:00:00Z"), at("xyz", "2027-01-01T00:00:00Z")], "abcdef"),
    ).toBe("2030-01-01T00:00:00Z");
    expect(
      findClientSecretEndDate([at(null, "2030-01-01T00:00:00Z"), at("abc", "2028-01-01T00:00:00Z")], "abcdef"),
    ).toBe("2028-01-01T00:00:00Z");
    expect(findClientSecretEndDate([at("abc", null), at("abc", "never")], "abcdef")).toBeUndefined();
  });
});

describe("nextCommands", () => {
  const next = {
    stack: "prod",
    output: ".",
    importFile: "i.json",
    keepSecretOf: undefined,
    secrets: ["database.password"],
    tenantId: undefined,
  };
  const texts = (given: Partial<Parameters<typeof nextCommands>[0]>) =>
    nextCommands({ ...next, ...given }).map(({ text }) => text);

  it("quotes names for a shell, and sets ARM_TENANT_ID only when the environment lacks it", () => {
    expect(texts({ importFile: "my files/i.json" })).toEqual([
      "pulumi stack select --create prod",
      "pulumi import --stack prod --file 'my files/i.json' --protect=false --generate-code=false",
      "pulumi preview --stack prod --diff",
    ]);
    expect(texts({ tenantId: "t" })[1]).toMatch(/^ARM_TENANT_ID=t /);
  });

  it("reads the client secret of the discovered provisioner, and stores it only if the command succeeds", () => {
    expect(texts({ keepSecretOf: "azure ad", output: "my files" })[1]).toBe(
      "secret=\"$(npm run --silent adopt -- --stack prod --output 'my files' --provisioner 'azure ad' --print-client-secret)\" && " +
        "printf %s \"$secret\" | pulumi config set --stack prod --config-file 'my files/Pulumi.prod.yaml' --secret --path oidc.clientSecret",
    );
    expect(texts({ keepSecretOf: "azuread", secrets: ["database.password", "oidc.clientSecret"] })).toHaveLength(3);
  });
});

it("writes a name with line breaks as one line of the report", () => {
  const setup = neat();
  setup.groups[0]!.displayName = "ssh\n  ! Team acme: delete it\u001b[2J";
  const files = { settings: "s", imports: "i" };
  const text = asText({ plan: plan(setup, choices), stack: "s", files, written: [], commands: [] });
  expect(text).toContain("groups                  ssh\\u{a}  ! Team acme: delete it\\u{1b}[2J\n");
});
