import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSettings } from "../testing/checkSettings";
import { minimalSettings } from "../testing/minimalSettings";
import { ConfigurationError } from "./problems";
import { checkStack, type StackSettings } from "./teams";

const ids = {
  blue: "aaaaaaaa-0e0b-4a55-8f0e-1d7e4a1b2c3d",
  green: "bbbbbbbb-0e0b-4a55-8f0e-1d7e4a1b2c3d",
};

/** The smallest valid settings of a team, plus its own. */
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
  it("returns a single team named default when the configuration has no teams", () => {
    const stack = checkStack(minimalSettings());
    expect(stack.byTeam).toBe(false);
    expect(byKey(stack)).toEqual({ default: checkSettings(minimalSettings()) });
    expect(stack.teams[0]!.configPath("scim.directoryId")).toBe("scim.directoryId");
  });

  it("merges the settings of each team into those of the top level", () => {
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

  it("appends the team key to inherited app and provisioner names, except for the default team", () => {
    const named = team("green", { oidc: { displayName: "Green SSH", provisionerName: "entra" } });
    const stack = byKey(checkStack(stackOf({ blue: team("blue"), green: named })));
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

  it.each([{}, { default: {} }, { blue: team("blue") }, { blue: team("blue"), default: {} }])(
    "keeps the team of the top level unchanged with the teams %j",
    (teams) => {
      const stack = checkStack(stackOf(teams));
      expect(byKey(stack)["default"]).toEqual(checkSettings(minimalSettings()));
      expect(stack.teams).toHaveLength("blue" in teams ? 2 : 1);
      expect(stack.byTeam).toBe(Object.keys(teams).length > 0);
    },
  );

  it("has no team of the top level when the top level has no team slug", () => {
    const { teamSlug: _teamSlug, ...smallstep } = minimalSettings().smallstep;
    expect(Object.keys(byKey(checkStack(stackOf({ blue: team("blue") }, { smallstep }))))).toEqual(["blue"]);
  });

  it.each<[string, unknown, object, string[]]>([
    [
      "an invalid value of a team, under the path of the team",
      { blue: team("blue", { scim: { directoryId: "x" } }) },
      {},
      [
        'teams.blue.scim.directoryId: "x" is not a GUID (8-4-4-4-12 hexadecimal digits); it must be the id of the directory created in Smallstep\'s UI',
      ],
    ],
    [
      "an invalid top-level value once, under the path of the top level",
      { blue: team("blue"), green: team("green") },
      { tenantId: "contoso", cutover: { minimumUsers: 0 } },
      [
        "cutover.minimumUsers: 0 is less than 1",
        'tenantId: "contoso" is not a GUID (8-4-4-4-12 hexadecimal digits); it must be the id of the Entra tenant',
      ],
    ],
    [
      "a value that is missing at both levels, under the path of the team",
      { blue: team("blue") },
      { scim: {}, oidc: undefined, smallstep: { apiHost: "api.example.com" } },
      [
        "teams.blue.oidc.emailDomains: is missing; Email domains whose users may log in",
        "teams.blue.scim.baseUrl: is missing; Address of the installation's SCIM server. The tenant URL is `<baseUrl>/<directoryId>/v2`",
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
      "a setting that applies to the whole stack",
      { blue: { ...team("blue"), database: { host: "other" } } },
      {},
      ["teams.blue.database: applies to the whole stack; set it at the top level"],
    ],
    [
      "a team key with invalid characters",
      { "Blue.Team": team("blue") },
      {},
      [
        'teams["Blue.Team"]: is not a valid team key (at most 20 lowercase letters, digits and -, starting with a letter)',
      ],
    ],
    [
      "an empty set of teams without a team of the top level",
      {},
      { smallstep: {} },
      ["teams: is empty; define at least one team, or set smallstep.teamSlug at the top level"],
    ],
    [
      "a list of teams",
      [],
      {},
      ['teams: must be an object of teams by key, e.g. { "blue": { "smallstep": { "teamSlug": "blue" } } }'],
    ],
    [
      "a team that is not an object",
      { default: "{}", blue: 1 },
      {},
      [
        "teams.blue: must be an object of settings; set them with `pulumi config set --path teams.blue.KEY VALUE`",
        "teams.default: must be an object of settings; set them with `pulumi config set --path teams.default.KEY VALUE`",
      ],
    ],
    [
      "a team that inherits the slug and the directory of the team of the top level",
      { blue: {} },
      {},
      [
        "teams.blue.scim.directoryId: is the same as in team default; two enterprise apps that provision to one directory undo each other's changes",
        "teams.blue.smallstep.teamSlug: is the same as in team default; only one team of the stack may switch a Smallstep team",
      ],
    ],
    [
      "two provisioners with the same name at one CA",
      {
        blue: team("blue", { oidc: { provisionerName: "entra" }, smallstep: { caUrl: "https://ca.example.com/" } }),
        green: team("green", { oidc: { provisionerName: "entra" }, smallstep: { caUrl: "https://CA.example.com" } }),
      },
      {},
      ["teams.green.oidc.provisionerName: is the same as in team blue; provisioner names are unique within a CA"],
    ],
    [
      "a group that one team creates and another team uses as existing",
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
        'teams.green.groups[0]: team default declares the same group differently; to share it, write {"create":"ssh"} here too',
        "teams.green.groups[2]: lists the group X twice",
      ],
    ],
  ])("rejects %s", (_, teams, top, sentences) => {
    expect(problems(stackOf(teams, top))).toEqual(sentences);
  });

  it("rejects a group that is listed twice in a stack with one team", () => {
    expect(problems({ ...minimalSettings(), groups: [{ create: "ssh" }, { create: "ssh" }] })).toEqual([
      "groups[1]: lists the group ssh twice",
    ]);
  });

  it("never includes the token of a team in an error", () => {
    const text = problems(stackOf({ blue: team("blue", { scim: { token: "canary-token\u0000" } }) })).join("\n");
    expect(text).toContain("teams.blue.scim.token: holds a control character");
    expect(text).not.toContain("canary");
  });

  it("returns settings or problems for any input with any teams and throws no other error", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (input, teams) => {
        for (const line of [...problems(input), ...problems(stackOf(teams))]) expect(line).toMatch(/^[^:]*.*: \S/);
      }),
    );
  });

  it("gives each of up to 50 teams unique app and provisioner names", () => {
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
        const all = new Set(["default", ...keys]);
        expect(stack.teams.map((one) => one.key).sort()).toEqual([...all].sort());
        for (const name of ["displayName", "provisionerName"] as const) {
          expect(new Set(stack.teams.map(({ settings }) => settings.oidc[name])).size).toBe(all.size);
        }
      }),
      { numRuns: 25 },
    );
  });
});
