import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { checkStack } from "./config/teams";
import { createOfflineProviders } from "./providers";
import { minimalSettings } from "./testing/minimalSettings";
import { setMocks } from "./testing/mocks";

async function pluginSettings(checks: object): Promise<Record<string, unknown>> {
  const settings = new Map<string, Record<string, unknown>>();
  await setMocks({
    newResource: ({ type, name, inputs }) => {
      settings.set(type, inputs as Record<string, unknown>);
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => inputs as object,
  });
  const { usersync } = createOfflineProviders(checkStack({ ...minimalSettings(), checks }), {});
  await new Promise((resolve) => pulumi.all([usersync.urn]).apply(resolve));
  return settings.get("pulumi:providers:usersync") ?? {};
}

describe("checks.people", () => {
  const pseudonymKey = "not-a-real-key-but-32-characters";

  it("reaches the plugin, with the key as a secret, and only if it is not the default", async () => {
    expect(Object.keys(await pluginSettings({}))).not.toContain("people");
    expect(await pluginSettings({ people: "counts", pseudonymKey })).toMatchObject({ people: "counts" });
    expect(await pluginSettings({ people: "counts", pseudonymKey })).not.toHaveProperty("pseudonymKey");
    const { people, pseudonymKey: key } = await pluginSettings({ people: "pseudonyms", pseudonymKey });
    expect(people).toBe("pseudonyms");
    expect(key).toMatchObject({ "4dabf18193072939515e22adb298388d": expect.any(String) as string });
  });

  it("requires a long key for pseudonyms, and prints the command that sets it", () => {
    expect(() => checkStack({ ...minimalSettings(), checks: { people: "pseudonyms" } })).toThrow(
      /checks\.pseudonymKey: is missing; .*`pulumi config set --secret --path checks\.pseudonymKey "\$\(openssl rand -hex 32\)"`/,
    );
    const short = { people: "pseudonyms", pseudonymKey: "a-short-key" };
    expect(() => checkStack({ ...minimalSettings(), checks: short })).toThrow(
      /checks\.pseudonymKey: has fewer than 32 characters(?!.*a-short-key)/,
    );
  });
});

it.each([
  ["db.corp.com", "db.corp.com"],
  ["10.0.0.1", "10.0.0.1"],
  ["::1", "[::1]"],
  ["[::1]", "[::1]"],
])("passes the database host %s to the postgresql plugin as %s", async (host, expected) => {
  const hosts = new Map<string, unknown>();
  await setMocks({
    newResource: ({ type, name, inputs }) => {
      hosts.set(type, inputs["host"]);
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => inputs as object,
  });
  const base = minimalSettings();
  const settings = checkStack({ ...base, database: { ...base.database, host } });
  const providers = createOfflineProviders(settings, {});
  await new Promise((resolve) => pulumi.all([providers.postgresql.urn]).apply(resolve));
  expect(hosts.get("pulumi:providers:postgresql")).toBe(expected);
});
