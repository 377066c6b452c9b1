import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { stackSchema, deploy } from "@smallstep-ssh/stack";
import { setMocks } from "@smallstep-ssh/stack/testing";

const root = path.join(__dirname, "..");
const project = "smallstep-ssh-azuread";
const password = "golden-password-of-folk";
const token = "golden-scim-token";

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** The examples. No documented stack has one of their names, so no stack of a user inherits an example's settings. */
const examples = { dev: "example", prod: "example-prod", teams: "example-teams" };
type Example = keyof typeof examples;

/** Returns the configuration of an example in the form that the engine passes to the program. */
function configOf(stack: Example, kept?: string): Record<string, string> {
  const file = parse(readFileSync(path.join(root, `Pulumi.${examples[stack]}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const config = structuredClone(file.config) as Record<string, Record<string, unknown>>;
  config[`${project}:database`]!["password"] = password;
  // The test runs without Graph, the database and the SCIM server.
  const oidc = config[`${project}:oidc`]!;
  if (kept !== undefined) oidc["clientSecret"] = kept;
  config[`${project}:checks`] = { ...config[`${project}:checks`], connections: "off", duplicates: "off" };
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, text(value)]));
}

/** Returns every resource that the program declares. Mocks replace the engine. */
async function graphOf(stack: Example, kept?: string): Promise<Declared[]> {
  const resources: Declared[] = [];
  await setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        resources.push({ type, name, inputs: withVisibleSecrets(inputs) as Record<string, unknown> });
        const made = `${name}-id`;
        const outputs = { objectId: made, clientId: made, servicePrincipalObjectId: made, generation: 1, ...inputs };
        return { id: id === undefined || id === "" ? made : id, state: { ...outputs, ...answersOf(type, name) } };
      },
      call: ({ token: called, inputs }) => answerTo(called, inputs as Record<string, unknown>),
    },
    project,
    stack,
    false,
  );
  const config = configOf(stack, kept);
  pulumi.runtime.setAllConfig(config, Object.keys(config));
  await deploy();
  await registered(resources);
  const key = ({ type, name }: Declared) => `${type} ${name}`;
  resources.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return resources;
}

/** Waits until no resource was registered for a second, because registration continues after the program ends. */
async function registered(resources: readonly unknown[]): Promise<void> {
  for (let seen = -1; seen !== resources.length;) {
    seen = resources.length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function answersOf(type: string, name: string): Record<string, unknown> {
  if (type === "random:index/randomPassword:RandomPassword") return { result: "golden-password-of-the-job" };
  if (type.endsWith(":ApplicationPassword")) return { value: "golden-client-secret" };
  if (type.endsWith(":AttributeMappings")) return { schemaVersion: "v1" };
  if (type.endsWith(":Provisioning")) return { status: "NotRun", counts: {} };
  return { servicePrincipalId: `/servicePrincipals/${name}-id` };
}

function answerTo(called: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (called) {
    case "azuread:index/getClientConfig:getClientConfig":
      return { objectId: "the-deployer" };
    case "usersync:entra:findGroups":
      return { groups: (inputs["groups"] as object[]).map((_, index) => ({ objectId: `group-${index}` })) };
    case "usersync:entra:getGroup":
      return {
        objectId: inputs["objectId"] ?? `${String(inputs["displayName"])}-id`,
        displayName: inputs["displayName"],
      };
    case "azuread:index/getServicePrincipal:getServicePrincipal":
      return {
        objectId: "graph-id",
        appRoles: [
          { id: "user-role-id", displayName: "User", value: "User", enabled: true, allowedMemberTypes: ["User"] },
        ],
      };
    case "usersync:smallstep:getScimLogin":
      return { token };
    case "usersync:entra:checkUsernames":
      return { users: 3, errors: 0, warnings: 0, summary: "3 people", table: "", report: "{}" };
    default:
      throw new Error(`The mock has no result for the function ${called}.`);
  }
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/**
 * Replaces each secret and the Job's program with a placeholder, so that the golden file stays readable and holds no
 * secret.
 */
function withVisibleSecrets(value: unknown): unknown {
  if (typeof value === "string") return value.length > 20_000 ? "[the Job's program]" : value;
  if (Array.isArray(value)) return value.map(withVisibleSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value) return "[secret]";
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, withVisibleSecrets(item)]),
  );
}

describe.each(Object.keys(examples) as Example[])("example %s", (stack) => {
  it(`declares the resources of test/golden/${stack}.json`, async () => {
    const found = `${JSON.stringify(await graphOf(stack), null, 2)}\n`;
    for (const secret of [password, "golden-password-of-the-job"]) expect(found).not.toContain(secret);
    const file = path.join(__dirname, "golden", `${stack}.json`);
    if (process.env["UPDATE_GOLDEN"] === "1" || !existsSync(file)) {
      expect(process.env["UPDATE_GOLDEN"], `${file} is missing. Run the test with UPDATE_GOLDEN=1 to create it.`).toBe(
        "1",
      );
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, found);
    }
    expect(found, "If the change is intended, run `UPDATE_GOLDEN=1 npx vitest run test/golden.test.ts`.").toBe(
      readFileSync(file, "utf8"),
    );
  });
});

it("passes a configured client secret on as a secret and creates no ApplicationPassword", async () => {
  const found = await graphOf("dev", "golden-kept-secret");
  expect(found.filter(({ type }) => type.endsWith(":ApplicationPassword"))).toEqual([]);
  const registration = found.find(({ type }) => type.endsWith("smallstep:Registration"));
  expect(registration?.inputs["provisioner"]).toMatchObject({
    clientSecretFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect(JSON.stringify(found)).not.toContain("golden-kept-secret");
});

it("mentions every setting in Pulumi.example-prod.yaml", () => {
  const text = readFileSync(path.join(root, "Pulumi.example-prod.yaml"), "utf8");
  const missing = Object.entries(stackSchema.shape).flatMap(([section, schema]) => {
    let inner = schema as { shape?: object; def?: { innerType?: unknown } };
    while (inner.shape === undefined && inner.def?.innerType !== undefined) inner = inner.def.innerType as typeof inner;
    const keys = inner.shape === undefined ? [section] : Object.keys(inner.shape);
    return keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(text)).map((key) => `${section}.${key}`);
  });
  expect(missing).toEqual([]);
});
