import { describe, expect, it } from "vitest";

import { type CheckFailure, type PropertyMap, UNKNOWN } from "../../host/types";
import { attributeMappings } from "./attributeMappings";
import { checkNames } from "./inputs";
import { provisioning } from "../provisioning/provisioning";
import type { SynchronizationSchema } from "../../clients/graph/schema";
import { findObjectMapping } from "./objectMapping";

const jobId = "/servicePrincipals/11111111-2222-4333-8444-555555555555/synchronization/jobs/scim.1.2";
const lines = (failures: CheckFailure[]) =>
  failures.map(({ property, reason }) => `${property}: ${[reason].flat().join("\n")}`);

/** Checks the inputs of a resource. No check needs the context. */
const check = (resource: Pick<typeof provisioning | typeof attributeMappings, "check">, news: PropertyMap) =>
  resource.check({} as never, { urn: "", olds: {}, news });
const checkMappings = (news: PropertyMap) => check(attributeMappings, news);
const checkProvisioning = (news: PropertyMap) => check(provisioning, news);

describe("checkMappings", () => {
  it("fills in defaults and accepts valid mappings", async () => {
    const mappings = { userName: { source: "mail", matchingPriority: 1 }, title: { default: "x" } };
    expect(await checkMappings({ jobId, mappings, targetObject: null })).toEqual({
      inputs: { jobId, mappings, sourceObject: "User", exclusive: true },
      failures: [],
    });
  });

  it("accepts unknown values", async () => {
    const mapping: PropertyMap = { source: UNKNOWN, matchingPriority: UNKNOWN, flowType: UNKNOWN };
    expect((await checkMappings({ jobId: UNKNOWN, mappings: UNKNOWN })).failures).toEqual([]);
    expect((await checkMappings({ jobId, mappings: { a: UNKNOWN, b: mapping }, exclusive: UNKNOWN })).failures).toEqual(
      [],
    );
  });

  it("reports all input errors together", async () => {
    const { failures } = await checkMappings({
      jobId: "scim.1",
      sourceObject: 1,
      exclusive: "yes",
      mappings: {
        userName: { expression: "ToLower([mail]", matchingPriority: 1 },
        active: { expression: "Nott([IsSoftDeleted])" },
        displayName: { source: "[displayName]" },
        title: { source: "a", constant: "b" },
        nick: {},
        "name.givenName": { source: "givenName", matchingPriority: 1 },
        "name.familyName": { source: "surname", matchingPriority: 0.5, flowType: "sometimes", prio: 1 },
        mail: "mail",
      },
    });
    expect(lines(failures)).toEqual([
      'jobId: "scim.1" is not of the form /servicePrincipals/{object id}/synchronization/jobs/{job id}.',
      expect.stringMatching(/^mappings\.userName\.expression: .+ \(character 15\)\nToLower\(\[mail\]\n {14}\^$/),
      expect.stringMatching(/^mappings\.active\.expression: .*Nott.* \(character 1\)\nNott\(\[IsSoftDeleted\]\)\n\^$/),
      'mappings.displayName.source: "[displayName]" is not the name of an attribute (without brackets); for any other source use expression.',
      "mappings.title: must have exactly one of source, expression and constant, or only default; it has source and constant.",
      "mappings.nick: must have exactly one of source, expression and constant, or only default; it has none.",
      'mappings["name.familyName"].matchingPriority: must be a whole number of at least 1; omit it for an attribute that is not used for matching.',
      'mappings["name.familyName"].flowType: must be one of Always, ObjectAddOnly.',
      'mappings["name.familyName"].prio: is not a property here; allowed are source, expression, constant, matchingPriority, flowType, default.',
      "mappings.mail: must be an object.",
      "sourceObject: must be a string.",
      "exclusive: must be true or false.",
      'mappings["name.givenName"].matchingPriority: is 1, the same as for userName; each matching attribute needs its own value.',
    ]);
  });

  it("requires a matching attribute unless other mappings are kept", async () => {
    const mappings = { userName: { source: "mail" } };
    expect(lines((await checkMappings({ jobId, mappings })).failures)).toEqual([
      "mappings: must contain an attribute with matchingPriority: without one Entra cannot match existing users.",
    ]);
    expect((await checkMappings({ jobId, mappings, exclusive: false })).failures).toEqual([]);
    expect(lines((await checkMappings({ jobId, mappings: {} })).failures)).toEqual([
      "mappings: must contain at least one mapping, keyed by target attribute.",
    ]);
    expect(lines((await checkMappings({ mappings })).failures)[0]).toBe("jobId: is required.");
  });
});

describe("checkNames", () => {
  const schema: SynchronizationSchema = {
    synchronizationRules: [
      {
        name: "USER",
        sourceDirectoryName: "Azure Active Directory",
        targetDirectoryName: "customappsso",
        objectMappings: [
          {
            sourceObjectName: "User",
            targetObjectName: "ScimUser",
            attributeMappings: [
              {
                targetAttributeName: "urn:custom",
                source: {
                  type: "Function",
                  parameters: [{ key: "a", value: { type: "Attribute", name: "extension_1" } }],
                },
              },
            ],
          },
        ],
      },
    ],
    directories: [
      {
        name: "Azure Active Directory",
        objects: [{ name: "User", attributes: [{ name: "mail" }, { name: "userPrincipalName" }] }],
      },
      {
        name: "customappsso",
        objects: [{ name: "ScimUser", attributes: [{ name: "userName" }, { name: 'emails[type eq "work"].value' }] }],
      },
    ],
  };
  const place = findObjectMapping(schema, "User", undefined);
  const check = (wanted: Parameters<typeof checkNames>[2], of = schema) =>
    typeof place === "string" ? expect.fail(place) : lines(checkNames(of, place, wanted));

  it("accepts attributes that the schema lists or already maps", () => {
    expect(
      check({
        userName: { expression: 'IIF([mail]="", [userPrincipalName], [extension_1])' },
        "urn:custom": { constant: "x" },
      }),
    ).toEqual([]);
  });

  it("reports unknown attributes with a suggestion", () => {
    expect(
      check({
        UserName: { expression: 'Join("", [Mail], [upn], [upn])' },
        emails: { source: "principal" },
        "no.such": { source: "mail" },
      }),
    ).toEqual([
      "mappings.UserName: is not an attribute of ScimUser; the closest name is userName.",
      "mappings.UserName.expression: [Mail] is not an attribute of User; the closest name is mail.",
      "mappings.UserName.expression: [upn] is not an attribute of User.",
      'mappings.emails: is not an attribute of ScimUser; the closest name is emails[type eq "work"].value.',
      "mappings.emails.source: [principal] is not an attribute of User; the closest name is userPrincipalName.",
      'mappings["no.such"]: is not an attribute of ScimUser.',
    ]);
  });

  it("accepts all attributes when the schema lists none", () => {
    expect(check({ anything: { source: "anything" } }, { ...schema, directories: [] })).toEqual([]);
  });
});

describe("findObjectMapping", () => {
  const object = (sourceObjectName: string, targetObjectName: string) => ({
    sourceObjectName,
    targetObjectName,
    attributeMappings: [],
  });
  const schema: SynchronizationSchema = {
    synchronizationRules: [
      { name: "IN", sourceDirectoryName: "customappsso", objectMappings: [object("User", "X")] },
      {
        name: "OUT",
        sourceDirectoryName: "Azure Active Directory",
        objectMappings: [object("User", "A"), object("Group", "G")],
      },
      { name: "TWO", sourceDirectoryName: "Azure Active Directory", objectMappings: [object("User", "B")] },
    ],
  };

  it("returns the object mapping that matches", () => {
    expect(findObjectMapping(schema, "Group", undefined)).toMatchObject({ rule: { name: "OUT" }, mappings: [] });
    expect(findObjectMapping(schema, "User", "B")).toMatchObject({ rule: { name: "TWO" } });
    expect(findObjectMapping(schema, "User", "X")).toMatchObject({ rule: { name: "IN" } });
  });

  it("lists the object mappings unless exactly one matches", () => {
    expect(findObjectMapping(schema, "User", undefined)).toBe(
      'The job\'s schema has 2 mappings of "User"; there are "User" to "A" (rule "OUT"), "User" to "B" (rule "TWO").',
    );
    expect(findObjectMapping(schema, "Device", "D")).toMatch(
      /^The job's schema has no mapping of "Device" to "D"; there are "User" to "X"/,
    );
    expect(findObjectMapping({ synchronizationRules: [] }, "User", undefined)).toBe(
      'The job\'s schema has no mapping of "User"; there are none at all.',
    );
  });
});

describe("checkProvisioning", () => {
  it("enables by default, and reports all errors without showing the token", async () => {
    expect(await checkProvisioning({ jobId: UNKNOWN, restartTriggers: { a: UNKNOWN }, credentials: UNKNOWN })).toEqual({
      inputs: { jobId: UNKNOWN, restartTriggers: { a: UNKNOWN }, credentials: UNKNOWN, enabled: true },
      failures: [],
    });
    const { failures } = await checkProvisioning({
      enabled: "on",
      credentials: { baseAddress: "http://x", secretToken: "" },
      restartTriggers: { version: 1 },
      resetScope: "Everything",
    });
    expect(lines(failures)).toEqual([
      "jobId: is required.",
      "enabled: must be true or false.",
      'credentials.baseAddress: "http://x" is not an https:// URL.',
      "credentials.secretToken: must be the SCIM token; it is empty.",
      "restartTriggers.version: must be a string.",
      "resetScope: must be one or more of Escrows, Watermark, QuarantineState, Full, ForceDeletes, separated by commas.",
    ]);
    expect(provisioning.secretOutputs).toEqual(["credentials.secretToken"]);
  });
});
