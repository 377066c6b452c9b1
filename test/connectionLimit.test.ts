import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { minimalSettings, setMocks } from "@smallstep-ssh/stack/testing";
import { deploy } from "@smallstep-ssh/stack";

const project = "smallstep-ssh-azuread";

/**
 * Counts the resources and function calls of a stack with `count` teams. The teams differ only in the settings that
 * must differ.
 */
async function declared(count: number): Promise<{ resources: Map<string, number>; calls: Map<string, number> }> {
  const resources = new Map<string, number>();
  const calls = new Map<string, number>();
  const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  await setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        add(resources, type);
        return {
          id: `${name}-id`,
          state: { objectId: `${name}-id`, clientId: `${name}-id`, value: "secret", ...inputs },
        };
      },
      call: ({ token, inputs }) => {
        add(calls, token);
        const { displayName, groups = [] } = inputs as { displayName?: string; groups?: object[] };
        if (token === "usersync:entra:findGroups") return { groups: groups.map(() => ({ objectId: "group" })) };
        return {
          objectId: `${displayName}-id`,
          displayName,
          appRoles: [{ id: "user", displayName: "User", enabled: true, allowedMemberTypes: ["User"] }],
          token: "token",
          ...{ users: 1, errors: 0, warnings: 0, summary: "1 person", table: "" },
        };
      },
    },
    project,
    "many",
    false,
  );
  const teams = Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const directoryId = `${String(index).padStart(8, "0")}-0e0b-4a55-8f0e-1d7e4a1b2c3d`;
      return [`team-${index}`, { scim: { directoryId }, smallstep: { teamSlug: `team-${index}` } }];
    }),
  );
  const groups = [{ create: "ssh" }, { existing: { displayName: "sudo" } }];
  const { smallstep, ...top } = minimalSettings();
  const { teamSlug: _, ...installation } = smallstep;
  const settings = {
    ...top,
    smallstep: installation,
    groups,
    checks: { connections: "off", duplicates: "off" },
    teams,
  };
  const config = Object.entries(settings).map(([key, value]) => [
    `${project}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config) as Record<string, string>, [`${project}:database`]);
  const outputs = await deploy();
  expect(Object.keys(outputs["teams"] as object)).toHaveLength(count);
  await expect.poll(() => resources.get("kubernetes:batch/v1:Job"), { timeout: 60_000 }).toBe(count);
  return { resources, calls };
}

it(
  "looks up shared objects once and declares the same resources per team regardless of the number of teams",
  { timeout: 120_000 },
  async () => {
    const one = await declared(1);
    const many = await declared(30);
    for (const token of [
      "azuread:index/getClientConfig:getClientConfig",
      "usersync:entra:findGroups",
      "usersync:entra:getGroup",
      "usersync:entra:checkUsernames",
    ]) {
      expect([token, one.calls.get(token), many.calls.get(token)]).toEqual([token, 1, 1]);
    }
    const shared = /^pulumi:providers:|:Group$|:AccessGroups$|:Teams$|:Stack$/;
    for (const [type, count] of one.resources) {
      expect([type, many.resources.get(type)]).toEqual([type, shared.test(type) ? count : 30 * count]);
    }
  },
);
