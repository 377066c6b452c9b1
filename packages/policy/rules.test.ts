import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plain } from "./plain";
import { UNKNOWN, type Resource, type Values } from "./resource";
import type { ResourceRule, Settings, StackRule } from "./rule";
import { rules } from "./rules/rules";

const now = Date.parse("2027-01-01T00:00:00Z");

function resource(type: string, props: Values, name = "it", comesFrom: Resource["comesFrom"] = {}): Resource {
  return { type, name, urn: `urn:pulumi:dev::test::${type}::${name}`, props, comesFrom, ignoreChanges: [] };
}

function resourceRule(name: string): ResourceRule {
  return rules.find((rule) => rule.name === name) as ResourceRule;
}

/** Returns the violations of one resource. As in the pack, a rule ignores types that it does not list. */
function violations(rule: ResourceRule, given: Resource, settings: Settings = {}): readonly string[] {
  return rule.types.includes(given.type) ? rule.check(given, settings, now) : [];
}

const mappings = (entries: Values, more: Values = {}) =>
  resource("usersync:entra:AttributeMappings", { mappings: entries, ...more });
const application = (props: Values) => resource("azuread:index/application:Application", props);
const registration = (provisioner: Values) => resource("usersync:smallstep:Registration", { provisioner });
const password = (props: Values) => resource("azuread:index/applicationPassword:ApplicationPassword", props);
const configMap = (data: Values) => resource("kubernetes:core/v1:ConfigMap", { data });
const container = {
  name: "c",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const spec: Values = {
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container],
};
const job = (changes: Values = {}) =>
  resource("kubernetes:batch/v1:Job", { spec: { template: { spec: { ...spec, ...changes } } } });
const withContainer = (changes: Values) => job({ containers: [{ ...container, ...changes }] });

const good = { userName: { source: "mail", matchingPriority: 1 }, active: { expression: "Not([IsSoftDeleted])" } };
const tenant = "5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001";
const endpoint = `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`;

/** Rule, description of the resource, resource, expected message; undefined if the resource passes. */
const cases: [rule: string, description: string, given: Resource, expected: RegExp | undefined][] = [
  ["username-is-matching-attribute", "the quickstart's mappings", mappings(good), undefined],
  [
    "username-is-matching-attribute",
    "no matchingPriority",
    mappings({ ...good, userName: { source: "mail" } }),
    /has no matchingPriority/,
  ],
  [
    "username-is-matching-attribute",
    "matchingPriority 0",
    mappings({ userName: { source: "m", matchingPriority: 0 } }),
    /no matchingPriority/,
  ],
  [
    "username-is-matching-attribute",
    "another matching attribute",
    mappings({ userName: {}, x: { matchingPriority: 1 } }),
    /no matchingPriority/,
  ],
  ["username-is-matching-attribute", "no userName", mappings({ active: good.active }), /userName is missing/],
  ["username-is-matching-attribute", "a partial set of mappings", mappings({}, { exclusive: false }), undefined],
  ["username-is-matching-attribute", "group mappings", mappings({}, { sourceObject: "Group" }), undefined],
  ["username-is-matching-attribute", "an unknown mapping", mappings({ userName: UNKNOWN }), undefined],
  [
    "username-is-matching-attribute",
    "an unknown priority",
    mappings({ userName: { matchingPriority: UNKNOWN } }),
    undefined,
  ],
  ["active-is-mapped", "the quickstart's mappings", mappings(good), undefined],
  ["active-is-mapped", "no active", mappings({ userName: good.userName }), /active is missing/],
  [
    "active-is-mapped",
    "active applied on creation only",
    mappings({ active: { ...good.active, flowType: "ObjectAddOnly" } }),
    /disabled later/,
  ],
  ["active-is-mapped", "a constant active", mappings({ active: { constant: "True" } }), /is a constant/],
  ["single-tenant", "one tenant", application({ signInAudience: "AzureADMyOrg" }), undefined],
  ["single-tenant", "the default audience", application({}), undefined],
  ["single-tenant", "many tenants", application({ signInAudience: "AzureADMultipleOrgs" }), /other tenants/],
  [
    "single-tenant",
    "personal accounts",
    application({ signInAudience: "AzureADandPersonalMicrosoftAccount" }),
    /other tenants/,
  ],
  [
    "single-tenant",
    "the tenant's endpoint",
    registration({ configurationEndpoint: endpoint, tenantId: tenant }),
    undefined,
  ],
  [
    "single-tenant",
    "the endpoint of all tenants",
    registration({ configurationEndpoint: endpoint.replace(tenant, "common"), tenantId: tenant }),
    /users of every tenant/,
  ],
  [
    "single-tenant",
    "the endpoint of another tenant",
    registration({ configurationEndpoint: endpoint, tenantId: "t" }),
    /not the endpoint of the tenant t/,
  ],
  [
    "loopback-redirects-only",
    "a loopback address",
    application({ publicClient: { redirectUris: ["http://127.0.0.1"] } }),
    undefined,
  ],
  [
    "loopback-redirects-only",
    "a web page",
    application({ web: { redirectUris: ["https://e.example/"] } }),
    /web\.redirect/,
  ],
  [
    "loopback-redirects-only",
    "a host name that begins with 127.0.0.1",
    application({ publicClient: { redirectUris: ["http://127.0.0.1.evil.example"] } }),
    /publicClient\.redirectUris\[0\]/,
  ],
  ["client-secrets-expire", "an end within two years", password({ endDate: "2028-12-31T00:00:00Z" }), undefined],
  ["client-secrets-expire", "an end in 2299", password({ endDate: "2299-12-31T00:00:00Z" }), /at most 730 are allowed/],
  ["client-secrets-expire", "no end", password({}), /endDate is missing/],
  ["client-secrets-expire", "an end in the past", password({ endDate: "2020-01-01T00:00:00Z" }), /has already expired/],
  [
    "client-secrets-expire",
    "a long lifetime that started earlier",
    password({ startDate: "2026-01-01T00:00:00Z", endDate: "2028-06-01T00:00:00Z" }),
    /in 882 days/,
  ],
  ["restricted-pods", "a restricted Pod", job(), undefined],
  ["restricted-pods", "an API token", job({ automountServiceAccountToken: true }), /automountServiceAccountToken must/],
  ["restricted-pods", "the node's network", job({ hostNetwork: true }), /hostNetwork/],
  ["restricted-pods", "the node's files", job({ volumes: [{ hostPath: { path: "/" } }] }), /hostPath/],
  ["restricted-pods", "a root container", withContainer({ securityContext: { runAsUser: 0 } }), /runAsUser is 0/],
  ["restricted-pods", "a root Pod", job({ securityContext: {} }), /runAsNonRoot is not true/],
  ["restricted-pods", "privileges", withContainer({ securityContext: { privileged: true } }), /privileged is true/],
  [
    "restricted-pods",
    "a Pod without settings",
    resource("kubernetes:core/v1:Pod", { spec: { containers: [{}] } }),
    /drop does not contain/,
  ],
  [
    "restricted-pods",
    "an init container's capabilities",
    job({ initContainers: [{ securityContext: { allowPrivilegeEscalation: false } }] }),
    /initContainers\[0\].*capabilities\.drop/,
  ],
  [
    "secrets-by-reference",
    "a reference to a Secret",
    withContainer({ env: [{ name: "PGPASSWORD", valueFrom: { secretKeyRef: {} } }] }),
    undefined,
  ],
  ["secrets-by-reference", "no secret", withContainer({ env: [{ name: "HOME", value: "/work" }] }), undefined],
  [
    "secrets-by-reference",
    "a literal value",
    withContainer({ env: [{ name: "SCIM_TOKEN", value: "x" }] }),
    /\(SCIM_TOKEN\) contains a literal/,
  ],
  [
    "secrets-by-reference",
    "a reference to a ConfigMap",
    withContainer({ env: [{ name: "CLIENT_SECRET", valueFrom: { configMapKeyRef: {} } }] }),
    /\(CLIENT_SECRET\) is read from a ConfigMap/,
  ],
  [
    "secrets-by-reference",
    "a literal argument",
    withContainer({ args: ["--client-secret", "hush"] }),
    /args: --client-secret has/,
  ],
  [
    "secrets-by-reference",
    "a literal argument after =",
    withContainer({ command: ["t", "--token=hush"] }),
    /command: --token has/,
  ],
  [
    "secrets-by-reference",
    "a shell variable",
    withContainer({ command: ["sh", "-c", 't --client-secret "$CLIENT_SECRET"'] }),
    undefined,
  ],
  ["secrets-by-reference", "a kubelet variable", withContainer({ args: ["--token", "$(TOKEN)"] }), undefined],
  [
    "secrets-by-reference",
    "a literal value in a script",
    withContainer({ command: ["sh", "-c", "t --client-secret hush"] }),
    /--client-secret/,
  ],
  [
    "least-database-privilege",
    "a grant on columns",
    resource("postgresql:index/grant:Grant", { objectType: "column" }),
    undefined,
  ],
  [
    "least-database-privilege",
    "a grant on a table",
    resource("postgresql:index/grant:Grant", { objectType: "table" }),
    /is table/,
  ],
  ["least-database-privilege", "a login role", resource("postgresql:index/role:Role", { login: true }), undefined],
  ["least-database-privilege", "a superuser", resource("postgresql:index/role:Role", { superuser: true }), /superuser/],
  ["database-tls-verified", "verify-full", configMap({ PGHOST: "db", PGSSLMODE: "verify-full" }), undefined],
  ["database-tls-verified", "require", configMap({ PGHOST: "db", PGSSLMODE: "require" }), /PGSSLMODE is require/],
  ["database-tls-verified", "loopback", configMap({ PGHOST: "127.0.0.1", PGSSLMODE: "disable" }), undefined],
  ["database-tls-verified", "an unrelated ConfigMap", configMap({ a: "b" }), undefined],
  [
    "sync-job-created-disabled",
    "a disabled job",
    resource("azuread:index/synchronizationJob:SynchronizationJob", { enabled: false }),
    undefined,
  ],
  [
    "sync-job-created-disabled",
    "the provider's default",
    resource("azuread:index/synchronizationJob:SynchronizationJob", {}),
    /enabled must be false/,
  ],
];

describe("rules on one resource", () => {
  it.each(cases)("%s returns the expected result for %s", (name, _what, given, expected) => {
    const found = violations(resourceRule(name), given);
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found.join("\n")).toMatch(expected);
  });

  it("every rule has a passing and a failing case", () => {
    for (const { name } of rules.filter((rule) => "check" in rule)) {
      const own = cases.filter(([rule]) => rule === name).map(([, , , expected]) => expected !== undefined);
      expect(new Set(own), name).toEqual(new Set([true, false]));
    }
  });

  it("the client secret rule applies a configured maximum", () => {
    const given = password({ endDate: "2027-06-01T00:00:00Z" });
    expect(violations(resourceRule("client-secrets-expire"), given, { maximumDays: 90 })[0]).toMatch(
      /at most 90 are allowed/,
    );
    expect(violations(resourceRule("client-secrets-expire"), given, { maximumDays: 200 })).toEqual([]);
  });

  it("rules accept arbitrary properties without throwing", () => {
    const anything = fc.dictionary(fc.string(), fc.anything({ maxDepth: 4 })) as fc.Arbitrary<Values>;
    const shapes = fc.record({
      mappings: fc.anything(),
      spec: fc.anything({
        key: fc.constantFrom("template", "spec", "containers", "env", "args", "volumes"),
        maxDepth: 6,
      }),
      provisioner: fc.anything(),
      data: fc.anything(),
      endDate: fc.anything(),
    }) as fc.Arbitrary<Values>;
    fc.assert(
      fc.property(fc.oneof(anything, shapes), (props) => {
        for (const rule of rules) {
          if ("checkStack" in rule) rule.checkStack([resource("kubernetes:batch/v1:Job", props)]);
          else for (const type of rule.types) rule.check(resource(type, props), {}, now);
        }
      }),
    );
  });
});

describe("rules on the whole stack", () => {
  const check = (name: string, resources: readonly Resource[]) =>
    (rules.find((rule) => rule.name === name) as StackRule)
      .checkStack(resources)
      .map(({ urn, message }) => `${urn} ${message}`);

  const zero = "00000000-0000-0000-0000-000000000000";
  const app = resource("azuread:index/application:Application", {}, "oidc");
  const principal = resource("azuread:index/servicePrincipal:ServicePrincipal", {}, "oidc", { clientId: [app.urn] });
  const enterprise = resource("azuread:index/applicationFromTemplate:ApplicationFromTemplate", {}, "sync");
  const assigned = (to: readonly string[], appRoleId: Values[string] = zero) =>
    resource("azuread:index/appRoleAssignment:AppRoleAssignment", { appRoleId }, "zero", { resourceObjectId: to });

  it("no-default-access-role accepts Default Access only on applications without roles", () => {
    const rule = "no-default-access-role";
    expect(check(rule, [app, principal, assigned([principal.urn])])).toEqual([]);
    expect(check(rule, [enterprise, assigned([enterprise.urn], "a-role")])).toEqual([]);
    expect(check(rule, [enterprise, assigned([enterprise.urn], UNKNOWN)])).toEqual([]);
    expect(check(rule, [enterprise, assigned([enterprise.urn])]).join()).toMatch(/::zero appRoleId is 0000/);
    const withRoles = { ...app, props: { appRoles: [{ id: "r" }] } };
    expect(check(rule, [withRoles, principal, assigned([principal.urn])])).toHaveLength(1);
    expect(check(rule, [assigned([])]), "an application outside the stack").toHaveLength(1);
  });

  const secret = resource("kubernetes:core/v1:Secret", { stringData: { SCIM_TOKEN: "hush-hush-token", SHORT: "a" } });
  const encoded = resource("kubernetes:core/v1:Secret", {
    data: { P: Buffer.from("hush-hush-pass").toString("base64") },
  });
  const generated = resource("random:index/randomPassword:RandomPassword", { result: "generated-one" }, "role");

  it("secrets-only-in-secrets finds secret values anywhere and does not print them", () => {
    const rule = "secrets-only-in-secrets";
    expect(check(rule, [secret, encoded, generated, job(), configMap({ A: "b" })])).toEqual([]);
    const leaking: [Resource, string][] = [
      [withContainer({ args: ["--x", "hush-hush-token"] }), "containers[0].args[1] contains Secret it, SCIM_TOKEN"],
      [withContainer({ env: [{ name: "A", value: "hush-hush-pass" }] }), "env[0].value contains Secret it, P"],
      [configMap({ PASSWORD: "generated-one" }), "data.PASSWORD contains the password role"],
      [configMap({ B: Buffer.from("generated-one").toString("base64") }), "data.B contains the password role"],
    ];
    for (const [given, expected] of leaking) {
      const found = check(rule, [secret, encoded, generated, given]).join("\n");
      expect(found).toContain(expected);
      expect(found).not.toMatch(/hush-hush|generated-one/);
    }
  });
});

describe("the golden graphs", () => {
  it.each(["dev", "prod"])("the golden graph of %s violates no mandatory rule", (name) => {
    const file = path.join(__dirname, "../../test/golden", `${name}.json`);
    const declared = JSON.parse(readFileSync(file, "utf8")) as { type: string; name: string; inputs: Values }[];
    const found = declared.flatMap(({ type, name, inputs }) =>
      rules.flatMap((rule) =>
        "check" in rule && rule.level === "mandatory" ? violations(rule, resource(type, inputs, name)) : [],
      ),
    );
    expect(found).toEqual([]);
    expect(declared.length).toBeGreaterThan(20);
  });
});

describe("plain", () => {
  it("replaces values that a preview does not know with UNKNOWN and keeps all others", () => {
    const unread = {
      known: [1, { a: "b" }],
      get unknown(): string {
        throw Object.assign(new Error("can't be known during preview"), { unknownTypeSentinel: "x" });
      },
    };
    expect(plain(unread)).toEqual({ known: [1, { a: "b" }], unknown: UNKNOWN });
    const broken = {
      get it(): string {
        throw new Error("broken");
      },
    };
    expect(() => plain(broken)).toThrow("broken");
  });
});

it("accepts a started synchronization job whose enabled is ignored", () => {
  const rule = resourceRule("sync-job-created-disabled");
  const started = resource("azuread:index/synchronizationJob:SynchronizationJob", { enabled: true });
  expect(violations(rule, started)).toHaveLength(1);
  expect(violations(rule, { ...started, ignoreChanges: ["enabled"] })).toEqual([]);
});
