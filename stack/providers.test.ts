import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { checkStack } from "./config/teams";
import { createOfflineProviders } from "./providers";
import { minimalSettings } from "./testing/minimalSettings";
import { setMocks } from "./testing/mocks";

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
