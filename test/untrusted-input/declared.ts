import * as pulumi from "@pulumi/pulumi";
import { deploy } from "@smallstep-ssh/stack";

export interface Declared {
  type: string;
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read inputs of many shapes
  inputs: any;
}

const project = "smallstep-ssh-azuread";
const secretSignature = "4dabf18193072939515e22adb298388d";

/**
 * Returns the resources and function calls of the program for a configuration, with exact inputs and plaintext secrets.
 * Mocks replace the engine. Resources are declared in dependency order, so the Job is last.
 */
export async function declareResources(settings: Record<string, unknown>): Promise<Declared[]> {
  const declared: Declared[] = [];
  let done = (): void => undefined;
  const last = new Promise<void>((resolve) => (done = resolve));
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        declared.push({ type, name, inputs: unwrapped(inputs) });
        if (type === "kubernetes:batch/v1:Job") done();
        const id = `${name}-id`;
        return {
          id,
          state: { objectId: id, clientId: id, servicePrincipalObjectId: id, ...inputs, ...made(type, name) },
        };
      },
      call: ({ token, inputs }) => {
        declared.push({ type: token, name: "", inputs });
        return answer(token, inputs as Record<string, unknown>);
      },
    },
    project,
    "dev",
    false,
  );
  const config = { ...settings, checks: { usernames: "off", connections: "off", duplicates: "off" } };
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, text(value)])),
    Object.keys(config).map((key) => `${project}:${key}`),
  );
  await deploy();
  await last;
  return declared;
}

function made(type: string, name: string): Record<string, unknown> {
  if (type.endsWith(":RandomPassword")) return { result: "password-of-the-job" };
  if (type.endsWith(":ApplicationPassword")) return { value: "client-secret" };
  if (type.endsWith(":AttributeMappings")) return { schemaVersion: "v1" };
  if (type.endsWith(":Provisioning")) return { status: "NotRun", counts: {} };
  return type.endsWith(":Registration") ? { generation: 1 } : { servicePrincipalId: `/servicePrincipals/${name}-id` };
}

function answer(token: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (token.endsWith(":getClientConfig")) return { objectId: "the-deployer" };
  if (token.endsWith(":getScimLogin")) return { token: "scim-token-of-folk" };
  if (token.endsWith(":getGroup")) return { objectId: "group-id", displayName: inputs["displayName"] };
  const role = { id: "user-role", displayName: "User", value: "User", enabled: true, allowedMemberTypes: ["User"] };
  return { objectId: "graph-id", appRoles: [role] };
}

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  const map = value as Record<string, unknown>;
  if (secretSignature in map) return unwrapped(map["value"]);
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, unwrapped(item)]));
}
