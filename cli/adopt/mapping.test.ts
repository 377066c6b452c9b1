import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quickstartMappings, type MappingEntry } from "../../components/mappingSet";
import { checkSettings } from "../../config";
import { minimalSettings } from "../../config/testing";
import { presets } from "../../mappings/presets";
import { sameInputs } from "../../provider/entra/mapping";
import type { PropertyMap } from "../../provider/host";
import { planMapping, type MappingPlan } from "./mapping";

type Mappings = Record<string, PropertyMap>;
const neat = (userName: string): Mappings => quickstartMappings({ userName }) as Mappings;

/** What the stack declares for these settings, once they have passed the check of the configuration. */
function declaredBy(settings: MappingPlan["settings"]): Record<string, MappingEntry> {
  const { mapping } = checkSettings({ ...minimalSettings(), mapping: settings });
  const userName = mapping.expression ?? presets[mapping.preset ?? "upn-local-part"].expression;
  return quickstartMappings({
    userName,
    email: mapping.email,
    additionalMappings: mapping.additionalMappings as Record<string, MappingEntry>,
  });
}

describe("planMapping", () => {
  it.each(Object.entries(presets))("knows the preset %s, however it is spaced", (name, { expression }) => {
    for (const text of [expression, expression.replaceAll(",", " ,  ")]) {
      const { settings, remarks } = planMapping(neat(text), false);
      expect(settings).toEqual(name === "upn-local-part" ? {} : { preset: name });
      expect(remarks).toEqual([]);
    }
  });

  it("keeps names and emails that are made in another way", () => {
    const found = neat("ToLower([mailNickname])");
    found['emails[type eq "work"].value'] = { expression: "Coalesce([mail],[userPrincipalName])" };
    expect(planMapping(found, false)).toEqual({
      settings: { expression: "ToLower([mailNickname])", email: "mail-or-upn" },
      remarks: [],
    });
    found['emails[type eq "work"].value'] = { source: "otherMails" };
    expect(planMapping(found, false).settings.additionalMappings).toEqual({
      'emails[type eq "work"].value': { source: "otherMails" },
    });
    found["userName"] = { source: "userPrincipalName", matchingPriority: 1 };
    expect(planMapping(found, false).settings.expression).toBe("[userPrincipalName]");
  });

  it("says what the first up does: about what is too much, missing, other, or matches wrongly", () => {
    const found = neat(presets["upn-local-part"].expression);
    found["title"] = { source: "jobTitle" };
    delete found["active"];
    found["displayName"] = { source: "mailNickname" };
    found["userName"] = { expression: presets["upn-local-part"].expression };
    found["externalId"] = { source: "objectId", matchingPriority: 1 };
    const said = planMapping(found, false).remarks.map(({ found: text, upEffect }) => `${text} up ${upEffect}`);
    expect(said).toEqual([
      expect.stringMatching(/^2 more than the quickstart keeps: title, externalId\. up removes them/),
      expect.stringMatching(/^userName is ToLower.* up makes it ToLower.*, matching with precedence 1\.$/),
      "active is not mapped: nobody is deactivated who leaves. up adds it: Not([IsSoftDeleted]), applied always.".replace(
        ", applied always",
        "",
      ),
      "displayName is [mailNickname]. up makes it [displayName].",
    ]);
  });

  it("takes a schema of another kind for what it is", () => {
    expect(planMapping({}, false).remarks).toHaveLength(6);
    const odd = { ...neat("Guid("), x: { flowType: "AttributeAddOnly", default: "y" } };
    expect(() => planMapping(odd, true)).not.toThrow();
  });

  const entry: fc.Arbitrary<PropertyMap> = fc.oneof(
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

  it("with everything kept, declares just what is there, but for matching and what the quickstart needs", () => {
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

  it("names every attribute that would change, and no other", () => {
    fc.assert(
      fc.property(mappings, fc.boolean(), (found, keepAll) => {
        const { settings, remarks } = planMapping(found, keepAll);
        const declared = declaredBy(settings) as Mappings;
        const said = remarks.map((remark) => remark.found).join("\n");
        for (const target of new Set([...Object.keys(found), ...Object.keys(declared)])) {
          expect(said.includes(target), target).toBe(!sameInputs(found[target], declared[target]));
        }
      }),
    );
  });
});
