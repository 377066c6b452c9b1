import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationError } from "./check";
import { checkSettings } from "./check";
import { checkStack, type StackSettings } from "./teams";
import { minimalSettings } from "./testing";

const ids = {
  blue: "aaaaaaaa-0e0b-4a55-8f0e-1d7e4a1b2c3d",
  green: "bbbbbbbb-0e0b-4a55-8f0e-1d7e4a1b2c3d",
};

/** What is different for a team at the least. */
function team(key: keyof typeof ids, own: Record<string, object> = {}) {
  return {
    ...own,
    scim: { directoryId: ids[key], ...own["scim"] },
    smallstep: {
      teamSlug: key,
      authorityId: `${key}-authority`,
      caUrl: `https://${key}.example.com`,
      ...own["smallstep"],
    },
  };
}

function stackOf(teams: unknown, top: object = {}): Record<string, unknown> {
  return { ...minimalSettings(), ...top, teams };
}

function problems(input: unknown): readonly string[] {
  try {
    checkStack(input);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

function byKey({ teams }: StackSettings) {
  return Object.fromEntries(teams.map(({ key, settings }) => [key, settings]));
}

describe("checkStack", () => {
  it("has one team, named default, without teams", () => {
    const stack = checkStack(minimalSettings());
    expect(stack.byTeam).toBe(false);
    expect(byKey(stack)).toEqual({ default: checkSettings(minimalSettings()) });
    expect(stack.teams[0]!.configPath("scim.directoryId")).toBe("scim.directoryId");
  });

  it("lays each team's settings over those of the top level", () => {
    const top = {
      mapping: {
        preset: "local-part-without-dots",
        email: "mail-or-upn",
        additionalMappings: { title: { source: "jobTitle" } },
      },
    };
    const own = {
      groups: [{ existing: { displayName: "blue-ssh" } }],
      mapping: { expression: "[mail]", additionalMappings: { externalId: { source: "objectId" } } },
      cutover: { minimumUsers: 7 },
    };
    const { blue, green } = byKey(
      checkStack(stackOf({ blue: { ...team("blue"), ...own }, green: team("green") }, top)),
    );
    expect(blue).toMatchObject({ ...own, scim: { directoryId: ids.blue, baseUrl: minimalSettings().scim.baseUrl } });
    expect(blue!.mapping).toMatchObject({ email: "mail-or-upn", expression: "[mail]" });
    expect(blue!.mapping.preset).toBeUndefined();
    expect(Object.keys(blue!.mapping.additionalMappings)).toEqual(["title", "externalId"]);
    expect(green!.mapping).toMatchObject(top.mapping);
    expect(green!.groups).toEqual([{ create: "ssh" }, { create: "sudo" }]);
  });

  it("names apps and provisioners by the team, unless it says names, and leaves the default team's as they are", () => {
    const named = team("green", { oidc: { displayName: "Green SSH", provisionerName: "entra" } });
    const stack = byKey(checkStack(stackOf({ default: {}, blue: team("blue"), green: named })));
    const names = Object.values(stack).map(({ oidc, scim }) => [
      oidc.displayName,
      scim.displayName,
      oidc.provisionerName,
    ]);
    expect(names).toEqual([
      ["Smallstep SSH", "smallstep-usersync", "azuread"],
      ["Smallstep SSH (blue)", "smallstep-usersync (blue)", "azuread-blue"],
      ["Green SSH", "smallstep-usersync (green)", "entra"],
    ]);
  });

  it.each<[string, unknown, object, string[]]>([
    [
      "a wrong value, where the team says it",
      { blue: team("blue", { scim: { directoryId: "x" } as object }) },
      {},
      [
        'teams.blue.scim.directoryId: "x" is not a GUID (8-4-4-4-12 hexadecimal digits); it must be the id of the directory made in Smallstep\'s UI',
      ],
    ],
    [
      "a wrong value of the top level, once, there",
      { blue: team("blue"), green: team("green") },
      { tenantId: "contoso", cutover: { minimumUsers: 0 } },
      [
        "cutover.minimumUsers: 0 is less than 1",
        'tenantId: "contoso" is not a GUID (8-4-4-4-12 hexadecimal digits); it must be the id of the Entra tenant',
      ],
    ],
    [
      "a value that neither says, at the team",
      { blue: team("blue") },
      { scim: {}, oidc: undefined },
      [
        "teams.blue.oidc.emailDomains: is missing; Email domains whose users may log in",
        "teams.blue.scim.baseUrl: is missing; SCIM server of the installation; the tenant URL is `<baseUrl>/<directoryId>/v2`",
      ],
    ],
    [
      "an unknown setting",
      { blue: { ...team("blue"), cutovr: {} }, green: team("green", { scim: { tokn: "x" } }) },
      {},
      [
        "teams.blue.cutovr: is not a setting; did you mean cutover?",
        "teams.green.scim.tokn: is not a setting; did you mean token?",
      ],
    ],
    [
      "a setting of the whole stack",
      { blue: { ...team("blue"), database: { host: "other" } } },
      {},
      ["teams.blue.database: applies to the whole stack; set it at the top level"],
    ],
    [
      "a key that cannot be part of names",
      { "Blue.Team": team("blue") },
      {},
      ['teams["Blue.Team"]: is not a key of a team (at most 20 small letters, digits and -, a letter first)'],
    ],
    ["no team", {}, {}, ["teams: is empty; give at least one team, or leave it out"]],
    [
      "a list",
      [],
      {},
      ['teams: must be an object of teams by key, e.g. { "blue": { "smallstep": { "teamSlug": "blue" } } }'],
    ],
    [
      "a team that is no object",
      { blue: 1 },
      {},
      ["teams.blue: must be an object of settings; {} for those of the top level"],
    ],
    [
      "two teams that are one",
      { default: {}, blue: {} },
      {},
      [
        "teams.blue.scim.directoryId: is the same as that of team default; two enterprise apps that provision to one directory undo each other's changes",
        "teams.blue.smallstep.teamSlug: is the same as that of team default; each team of Smallstep is switched by one of them only",
      ],
    ],
    [
      "two provisioners of a name at one CA",
      {
        blue: team("blue", { oidc: { provisionerName: "entra" }, smallstep: { caUrl: "https://ca.example.com/" } }),
        green: team("green", { oidc: { provisionerName: "entra" }, smallstep: { caUrl: "https://CA.example.com" } }),
      },
      {},
      ["teams.green.oidc.provisionerName: is the same as that of team blue; a CA has one provisioner of a name"],
    ],
    [
      "a group that one team makes and another adopts",
      {
        blue: team("blue"),
        green: {
          ...team("green"),
          groups: [
            { existing: { displayName: "SSH" } },
            { existing: { displayName: "x" } },
            { existing: { displayName: "X" } },
          ],
        },
      },
      {},
      [
        'teams.green.groups[0]: is a group of team blue too; to share it, say {"create":"ssh"} here as well',
        "teams.green.groups[2]: names X a second time",
      ],
    ],
  ])("refuses %s", (_, teams, top, sentences) => {
    expect(problems(stackOf(teams, top))).toEqual(sentences);
  });

  it("refuses a group that is named twice, with one team too", () => {
    expect(problems({ ...minimalSettings(), groups: [{ create: "ssh" }, { create: "ssh" }] })).toEqual([
      "groups[1]: names ssh a second time",
    ]);
  });

  it("never repeats a team's token", () => {
    const text = problems(stackOf({ blue: team("blue", { scim: { token: "canary-token\u0000" } }) })).join("\n");
    expect(text).toContain("teams.blue.scim.token: holds a control character");
    expect(text).not.toContain("canary");
  });

  it("answers any input with settings or with sentences, never with another error", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (input, teams) => {
        for (const line of [...problems(input), ...problems(stackOf(teams))]) expect(line).toMatch(/^[^:]*.*: \S/);
      }),
    );
  });

  it("takes as many teams as there are, each with names of its own", () => {
    const key = fc.stringMatching(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/);
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 50 }), (keys) => {
        const teams = Object.fromEntries(
          keys.map((name, index) => {
            const directoryId = `${String(index).padStart(8, "0")}-0e0b-4a55-8f0e-1d7e4a1b2c3d`;
            return [name, { scim: { directoryId }, smallstep: { teamSlug: name } }];
          }),
        );
        const stack = checkStack(stackOf(teams));
        expect(stack.teams.map((one) => one.key).sort()).toEqual([...keys].sort());
        for (const name of ["displayName", "provisionerName"] as const) {
          expect(new Set(stack.teams.map(({ settings }) => settings.oidc[name])).size).toBe(keys.length);
        }
      }),
      { numRuns: 25 },
    );
  });
});
