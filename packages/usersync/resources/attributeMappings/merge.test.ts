import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parse, print, presets } from "entra-mappings";
import type { PropertyMap } from "../../host/types";
import { fromGraph, sameInputs, toInputs } from "./mapping";
import { merge } from "./merge";
import type { GraphMapping, SynchronizationSchema } from "../../clients/graph/schema";
import { type ObjectMappingLocation, findObjectMapping } from "./objectMapping";

const upn = presets["upn-local-part"].expression;
const attribute = (name: string) => ({ expression: `[${name}]`, name, parameters: [], type: "Attribute" });
const mapping = (target: string, source: object | null, more: object = {}): GraphMapping => ({
  defaultValue: "",
  exportMissingReferences: false,
  flowBehavior: "FlowWhenChanged",
  flowType: "Always",
  matchingPriority: 0,
  source: source as GraphMapping["source"] & object,
  targetAttributeName: target,
  ...more,
});
const schemaOf = (mappings: GraphMapping[]): SynchronizationSchema => ({
  id: "scim.1",
  version: "v1",
  synchronizationRules: [
    {
      id: "r",
      name: "USER",
      sourceDirectoryName: "Azure Active Directory",
      targetDirectoryName: "customappsso",
      objectMappings: [{ name: "o", sourceObjectName: "User", targetObjectName: "T", attributeMappings: mappings }],
    },
  ],
  directories: [{ name: "customappsso", secretKnob: { kept: true } }],
});
const placeIn = (schema: SynchronizationSchema): ObjectMappingLocation => {
  const place = findObjectMapping(schema, "User", undefined);
  return typeof place === "string" ? expect.fail(place) : place;
};
const apply = (schema: SynchronizationSchema, wanted: Record<string, PropertyMap>, exclusive = true) => {
  const merged = merge(schema, placeIn(schema), wanted, exclusive);
  return { ...merged, mappings: placeIn(merged.schema).mappings };
};

describe("merge", () => {
  it("creates a new mapping in the service's form", () => {
    const { mappings } = apply(schemaOf([]), {
      active: { expression: "Not([IsSoftDeleted])" },
      userName: { expression: upn, matchingPriority: 1, flowType: "ObjectAddOnly", default: "nobody" },
    });
    expect(mappings).toEqual([
      {
        defaultValue: null,
        exportMissingReferences: false,
        flowBehavior: "FlowWhenChanged",
        flowType: "Always",
        matchingPriority: 0,
        source: {
          expression: "Not([IsSoftDeleted])",
          name: "Not",
          parameters: [{ key: "source", value: attribute("IsSoftDeleted") }],
          type: "Function",
        },
        targetAttributeName: "active",
      },
      {
        defaultValue: "nobody",
        exportMissingReferences: false,
        flowBehavior: "FlowWhenChanged",
        flowType: "ObjectAddOnly",
        matchingPriority: 1,
        source: expect.objectContaining({ expression: print(parse(upn)), name: "ToLower", type: "Function" }),
        targetAttributeName: "userName",
      },
    ]);
  });

  it("changes only the differing properties of a mapping and keeps its position and unknown properties", () => {
    const before = [
      mapping("userName", { ...attribute("userPrincipalName"), note: "mine" }, { matchingPriority: 1, extra: [1] }),
      mapping("displayName", attribute("displayName")),
    ];
    const { mappings } = apply(schemaOf(before), {
      displayName: { source: "displayName" },
      userName: { source: "mail", matchingPriority: 1 },
    });
    expect(mappings).toEqual([{ ...before[0], source: { ...attribute("mail"), note: "mine" } }, before[1]]);
  });

  it("reports no change for equivalent mappings", () => {
    const spaced = { type: "Function", name: "Not", expression: "Not( [IsSoftDeleted] )", parameters: [] };
    const schema = schemaOf([
      mapping("active", spaced, { defaultValue: null }),
      mapping("mail", { type: "Attribute", name: "mail" }, { matchingPriority: 1 }),
    ]);
    const wanted = {
      active: { expression: "Not([IsSoftDeleted])" },
      mail: { expression: "[mail]", matchingPriority: 1 },
    };
    const { changed, schema: after } = apply(schema, wanted);
    expect(changed).toBe(false);
    expect(after).toBe(schema);
  });

  it("moves the only matching priority to another attribute in one step", () => {
    const schema = schemaOf([
      mapping("externalId", attribute("mailNickname"), { matchingPriority: 1 }),
      mapping("userName", attribute("userPrincipalName")),
    ]);
    const { mappings } = apply(schema, {
      userName: { source: "mail", matchingPriority: 1 },
      externalId: { source: "mailNickname" },
    });
    expect(mappings.map((one) => [one.targetAttributeName, one.matchingPriority])).toEqual([
      ["externalId", 0],
      ["userName", 1],
    ]);
  });

  it("removes other mappings, or keeps them with a lower matching priority", () => {
    const schema = schemaOf([
      mapping("a", attribute("a"), { matchingPriority: 2 }),
      mapping("b", attribute("b"), { matchingPriority: 1 }),
      mapping("c", attribute("c")),
      mapping("d", attribute("d"), { matchingPriority: 5 }),
    ]);
    const wanted = { userName: { source: "mail", matchingPriority: 1 } };
    expect(apply(schema, wanted).mappings.map((one) => one.targetAttributeName)).toEqual(["userName"]);
    expect(apply(schema, wanted, false).mappings.map((one) => [one.targetAttributeName, one.matchingPriority])).toEqual(
      [
        ["a", 3],
        ["b", 2],
        ["c", 0],
        ["d", 5],
        ["userName", 1],
      ],
    );
  });

  it("removes a second mapping of the same attribute", () => {
    const schema = schemaOf([mapping("mail", attribute("mail")), mapping("mail", attribute("otherMails"))]);
    expect(apply(schema, { mail: { source: "mail" } }).mappings).toEqual([mapping("mail", attribute("mail"))]);
  });
});

describe("merge of any schema", () => {
  const json = fc.jsonValue({ maxDepth: 2 });
  const unknownKeys = fc.dictionary(fc.stringMatching(/^x[a-z]{0,4}$/), json, { maxKeys: 3 });
  const targets = ["userName", "active", "displayName", "name.givenName", "title", 'emails[type eq "work"].value'];
  const sources = fc.oneof(
    fc.constant(null),
    fc.constantFrom("mail", "displayName").map(attribute),
    fc.constantFrom("x", "y").map((name) => ({ expression: `"${name}"`, name, type: "Constant" })),
    fc.constant({ type: "Function", name: "ToLower", expression: "ToLower([mail])", parameters: [] }),
  );
  const graphMapping = fc
    .record({
      target: fc.constantFrom(...targets),
      source: sources,
      priority: fc.nat(3),
      own: unknownKeys,
      inner: unknownKeys,
    })
    .map(({ target, source, priority, own, inner }) => ({
      ...own,
      ...mapping(target, source && { ...inner, ...source }, { matchingPriority: priority }),
    }));
  const graphMappings = fc.uniqueArray(graphMapping, { selector: (one) => one.targetAttributeName, maxLength: 6 });
  const schemas = fc
    .record({
      mappings: graphMappings,
      top: unknownKeys,
      rule: unknownKeys,
      object: unknownKeys,
      other: json,
      directories: json,
    })
    .map(({ mappings, top, rule, object, other, directories }): SynchronizationSchema => ({
      ...top,
      directories: directories as never,
      synchronizationRules: [
        {
          ...rule,
          sourceDirectoryName: "Azure Active Directory",
          objectMappings: [{ sourceObjectName: "Group", attributeMappings: [], other }],
        },
        {
          ...rule,
          sourceDirectoryName: "Azure Active Directory",
          objectMappings: [{ ...object, sourceObjectName: "User", targetObjectName: "T", attributeMappings: mappings }],
        },
      ],
    }));
  const wantedMapping = fc
    .record({
      kind: fc.constantFrom<PropertyMap>(
        { source: "mail" },
        { constant: "x" },
        { expression: "ToLower( [mail] )" },
        { default: "d" },
      ),
      more: fc.constantFrom<PropertyMap>({}, { flowType: "ObjectAddOnly" }, { default: "z" }),
    })
    .map(({ kind, more }): PropertyMap => ({ ...kind, ...more }));
  const wanted = fc.uniqueArray(fc.constantFrom(...targets), { minLength: 1, maxLength: 4 }).chain((names) =>
    fc.tuple(...names.map(() => wantedMapping)).map((all) => {
      const map = Object.fromEntries(names.map((name, index): [string, PropertyMap] => [name, { ...all[index] }]));
      return { ...map, [names[0] ?? ""]: { ...map[names[0] ?? ""], matchingPriority: 1 } };
    }),
  );
  const cases = fc.tuple(schemas, wanted, fc.boolean());

  it("produces every wanted mapping and is idempotent", () => {
    fc.assert(
      fc.property(cases, ([schema, map, exclusive]) => {
        const once = apply(schema, map, exclusive);
        for (const [target, inputs] of Object.entries(map)) {
          const found = once.mappings.filter((one) => one.targetAttributeName === target);
          expect(found).toHaveLength(1);
          expect(sameInputs(toInputs(found[0] ?? {}), inputs)).toBe(true);
        }
        const twice = apply(once.schema, map, exclusive);
        expect(twice.changed).toBe(false);
      }),
    );
  });

  it("preserves everything else byte for byte, including unknown properties", () => {
    fc.assert(
      fc.property(cases, ([schema, map, exclusive]) => {
        const before = JSON.stringify(schema);
        const after = apply(schema, map, exclusive);
        // Without the mappings of this object, the JSON texts are equal.
        const without = (one: SynchronizationSchema) =>
          JSON.stringify(one, (key, value: unknown) => (key === "attributeMappings" ? "-" : value));
        expect(without(after.schema)).toBe(without(schema));
        expect(JSON.stringify(schema)).toBe(before); // and the input is unchanged
        const old = new Map(placeIn(schema).mappings.map((one) => [one.targetAttributeName, one]));
        for (const one of after.mappings) {
          const was = old.get(one.targetAttributeName ?? "");
          if (was === undefined) continue;
          for (const key of Object.keys(was).filter((name) => name.startsWith("x"))) expect(one[key]).toBe(was[key]);
          for (const key of Object.keys(was.source ?? {}).filter((name) => name.startsWith("x"))) {
            if (one.source != null) expect(one.source[key]).toBe(was.source?.[key]);
          }
          if (map[one.targetAttributeName ?? ""] === undefined) {
            expect({ ...one, matchingPriority: 0 }).toEqual({ ...was, matchingPriority: 0 });
          }
        }
      }),
    );
  });

  it("never gives two attributes the same wanted matching priority", () => {
    fc.assert(
      fc.property(cases, ([schema, map, exclusive]) => {
        const first = apply(schema, map, exclusive).mappings.filter((one) => fromGraph(one).matchingPriority === 1);
        expect(first).toHaveLength(1);
      }),
    );
  });
});
