import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quickstartMappings, type MappingEntry } from "@smallstep-ssh/components";
import { checkSettings, minimalSettings } from "@smallstep-ssh/stack/testing";
import { presets } from "entra-mappings";
import { sameInputs } from "@smallstep-ssh/usersync/clients";
import type { PropertyMap } from "@smallstep-ssh/usersync/host";
import { planMapping, type MappingPlan } from "./mapping";

type Mappings = Record<string, PropertyMap>;
const neat = (userName: string): Mappings => quickstartMappings({ userName });

/** Validates the settings and returns the mappings that the stack declares for them. */
function declaredBy(settings: MappingPlan["settings"]): Record<string, MappingEntry> {
  const { mapping } = checkSettings({ ...minimalSettings(), mapping: settings });
  const userName = mapping.expression ?? presets[mapping.preset ?? "upn-local-part"].expression;
  return quickstartMappings({
    userName,
    email: mapping.email,
    additionalMappings: mapping.additionalMappings,
  });
}

describe("planMapping", () => {
  it.each(Object.entries(presets))("recognizes the preset %s with any spacing", (name, { expression }) => {
    for (const text of [expression, expression.replaceAll(",", " ,  ")]) {
      const { settings, differences } = planMapping(neat(text), false);
      expect(settings).toEqual(name === "upn-local-part" ? {} : { preset: name });
      expect(differences).toEqual([]);
    }
  });

  it("keeps custom mappings of userName and email", () => {
    const found = neat("ToLower([mailNickname])");
    found['emails[type eq "work"].value'] = { expression: "Coalesce([mail],[userPrincipalName])" };
    expect(planMapping(found, false)).toEqual({
      settings: { expression: "ToLower([mailNickname])", email: "mail-or-upn" },
      differences: [],
    });
    found['emails[type eq "work"].value'] = { source: "otherMails" };
    expect(planMapping(found, false).settings.additionalMappings).toEqual({
      'emails[type eq "work"].value': { source: "otherMails" },
    });
    found["userName"] = { source: "userPrincipalName", matchingPriority: 1 };
    expect(planMapping(found, false).settings.expression).toBe("[userPrincipalName]");
  });

  it("reports superfluous, missing and different mappings, and the effect of the first up", () => {
    const found = neat(presets["upn-local-part"].expression);
    found["title"] = { source: "jobTitle" };
    delete found["active"];
    found["displayName"] = { source: "mailNickname" };
    found["userName"] = { expression: presets["upn-local-part"].expression };
    found["externalId"] = { source: "objectId", matchingPriority: 1 };
    const texts = planMapping(found, false).differences.map(({ found: text, upEffect }) => `${text} up ${upEffect}`);
    expect(texts).toEqual([
      expect.stringMatching(/^Mappings that the quickstart does not have \(2\): title, externalId\. up removes them/),
      expect.stringMatching(/^userName is ToLower.* up changes it to ToLower.*, with matching priority 1\.$/),
      "active is not mapped: users who leave are not deactivated. up adds it: Not([IsSoftDeleted]), flow type always.".replace(
        ", flow type always",
        "",
      ),
      "displayName is [mailNickname]. up changes it to [displayName].",
    ]);
  });

  it("accepts a schema without mappings and mappings that the stack cannot express", () => {
    expect(planMapping({}, false).differences).toHaveLength(6);
    const odd = { ...neat("Guid("), x: { flowType: "AttributeAddOnly", default: "y" } };
    expect(() => planMapping(odd, true)).not.toThrow();
  });

  it("keeps a mapping of type None, and names the mappings that settings cannot express", () => {
    const userName = presets["upn-local-part"].expression;
    const found = {
      ...neat(userName),
      userType: { default: "Employee", flowType: "ObjectAddOnly" },
      nickName: {},
      title: { expression: "Unsupported(" },
      locale: { source: "a b\u202e" },
    };
    const { settings, differences } = planMapping(found, true);
    expect(settings.additionalMappings).toEqual({ userType: { default: "Employee", flowType: "ObjectAddOnly" } });
    expect(declaredBy(settings)["userType"]).toEqual(found.userType);
    expect(differences).toEqual([
      {
        kind: "attention",
        about: "Attribute mappings",
        found: "Mappings that settings cannot express (3): nickName, title, locale.",
        upEffect: "removes them: users keep these attributes in Smallstep, but Entra no longer writes them.",
      },
    ]);
    expect(planMapping(found, false).differences[0]?.upEffect).toMatch(/Use --keep-mappings to keep them\.$/);
  });

  const entry: fc.Arbitrary<PropertyMap> = fc.oneof(
    fc.record({ default: fc.constantFrom("x", "y") }),
    fc.record({ source: fc.constantFrom("mail", "jobTitle", "objectId") }),
    fc.record({ expression: fc.constantFrom("Not([IsSoftDeleted])", 'Join(" ", [a], [b])', "ToLower([mail])") }),
    fc.record({ constant: fc.constantFrom("x", "y") }),
    fc.record({ source: fc.constant("mail"), flowType: fc.constant("ObjectAddOnly"), default: fc.constant("none") }),
  );
  const targets = fc.constantFrom(
    "active",
    "displayName",
    "title",
    "externalId",
    'emails[type eq "work"].value',
    "userName",
  );
  const mappings = fc.dictionary(targets, entry, { maxKeys: 6 });

  it("declares every existing mapping unchanged when all mappings are kept, except for the matching attribute", () => {
    fc.assert(
      fc.property(mappings, (found) => {
        const { settings } = planMapping(found, true);
        const declared = declaredBy(settings);
        for (const [target, inputs] of Object.entries(found)) {
          if (target === "userName") continue;
          expect(sameInputs(inputs, declared[target] as PropertyMap), target).toBe(true);
        }
      }),
    );
  });

  it("reports exactly the attributes that would change", () => {
    fc.assert(
      fc.property(mappings, fc.boolean(), (found, keepAll) => {
        const { settings, differences } = planMapping(found, keepAll);
        const declared = declaredBy(settings) as Mappings;
        const texts = differences.map(({ found }) => found).join("\n");
        for (const target of new Set([...Object.keys(found), ...Object.keys(declared)])) {
          expect(texts.includes(target), target).toBe(!sameInputs(found[target], declared[target]));
        }
      }),
    );
  });
});
