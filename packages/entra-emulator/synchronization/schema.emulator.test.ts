import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestTenant, type TestTenant } from "../testing";
import type { SynchronizationSchema } from "./schema";

let tenant: TestTenant;
let path: string;
beforeAll(async () => {
  tenant = await startTestTenant();
  const { servicePrincipalId } = await tenant.enterpriseApp();
  const jobs = `/v1.0/servicePrincipals/${servicePrincipalId}/synchronization/jobs`;
  path = `${jobs}/${(await tenant.client.post(jobs, { templateId: "scim" })).body.id}/schema`;
});
afterAll(() => tenant.close());

async function read(): Promise<SynchronizationSchema> {
  return (await tenant.client.get(path)).body as SynchronizationSchema;
}

const userMapping = (schema: SynchronizationSchema) => schema.synchronizationRules[0]!.objectMappings[0]!;

describe("a synchronization schema", () => {
  it("is accepted unchanged when it has the nameless mappings, mappings of type None and unknown properties of real jobs", async () => {
    const schema = await read();
    const [rule] = schema.synchronizationRules;
    rule!["customTag"] = { kept: true };
    rule!.objectMappings.push({
      ...userMapping(schema),
      attributeMappings: [],
      enabled: false,
      flowTypes: "Add,Update,Delete",
      name: null,
      sourceObjectName: "",
      targetObjectName: "",
    });
    userMapping(schema).attributeMappings.push({
      ...userMapping(schema).attributeMappings[0]!,
      defaultValue: "True",
      matchingPriority: 0,
      source: null,
      targetAttributeName: 'emails[type eq "work"].primary',
    });
    expect((await tenant.client.put(path, schema)).status).toBe(204);
    expect({ ...(await read()), version: "" }).toEqual({ ...schema, version: "" });
    const again = JSON.stringify(await read());
    expect((await tenant.client.put(path, JSON.parse(again))).status).toBe(204);
    expect(JSON.stringify({ ...(await read()), version: "" })).toBe(
      JSON.stringify({ ...(JSON.parse(again) as object), version: "" }),
    );
  });

  it("gets the defaults of properties that a client omits", async () => {
    const schema = await read();
    const source = { type: "Attribute", name: "mail" };
    const rules = structuredClone(schema.synchronizationRules) as unknown as Record<string, unknown>[];
    Object.assign(rules[0]!, {
      objectMappings: [
        {
          sourceObjectName: "User",
          targetObjectName: userMapping(schema).targetObjectName,
          attributeMappings: [{ targetAttributeName: "userName", source }],
        },
      ],
    });
    expect((await tenant.client.put(path, { ...schema, synchronizationRules: rules })).status).toBe(204);
    expect(userMapping(await read())).toMatchObject({
      enabled: true,
      flowTypes: "Add, Update, Delete",
      attributeMappings: [{ defaultValue: null, flowType: "Always", matchingPriority: 0, source }],
    });
  });

  it.each<[string, (schema: SynchronizationSchema) => void, RegExp]>([
    ["an unknown rule", (schema) => (schema.synchronizationRules[0]!.id = "x"), /rule 'x' is not known/],
    ["an unknown object", (schema) => (userMapping(schema).sourceObjectName = "Person"), /object 'Person' is not/],
    ["no directories", (schema) => (schema.directories = []), /^directories: /],
    [
      "a target attribute that is mapped twice",
      (schema) => userMapping(schema).attributeMappings.push(userMapping(schema).attributeMappings[0]!),
      /mapped more than once/,
    ],
    [
      "an unknown source attribute",
      (schema) => (userMapping(schema).attributeMappings[0]!.source = { type: "Attribute", name: "colour" }),
      /source attribute 'colour'/,
    ],
    [
      "an invalid flow type",
      (schema) => Object.assign(userMapping(schema).attributeMappings[0]!, { flowType: "Sometimes" }),
      /flowType: /,
    ],
  ])("is rejected with %s", async (_what, edit, message) => {
    await tenant.client.delete(path);
    const schema = await read();
    edit(schema);
    const { status, body } = await tenant.client.put(path, schema);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: "SchemaInvalid", message: expect.stringMatching(message) });
  });
});
