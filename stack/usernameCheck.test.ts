import fc from "fast-check";
import { expect, it } from "vitest";
import { Provider } from "@smallstep-ssh/usersync";
import { checkStack } from "./config/teams";
import { minimalSettings } from "./testing/minimalSettings";
import { setMocks } from "./testing/mocks";
import { checkUsernames, ineffectiveThresholdWarning, type ReviewedUsernames } from "./usernameCheck";

const report = { totals: {} };

/** Runs the check of a stack with these groups in a tenant that has the groups in `existing`, by name. */
async function check(groups: object[], existing: Record<string, string>, teams?: object) {
  const asked: unknown[] = [];
  await setMocks(
    {
      newResource: ({ name }) => ({ id: `${name}-id`, state: {} }),
      call: ({ token, inputs }) => {
        const args = inputs as { groups: { displayName: string }[]; jobId?: string };
        if (token === "usersync:entra:findGroups") {
          const find = ({ displayName }: { displayName: string }) =>
            existing[displayName] === undefined
              ? { problem: `no group has the display name "${displayName}".` }
              : { objectId: existing[displayName] };
          return { groups: args.groups.map(find) };
        }
        if (token === "usersync:entra:getUserNameExpression") return { expression: `current of ${args.jobId}` };
        asked.push(args);
        return { users: 2, errors: 0, warnings: 0, summary: "2 users", table: "", report: JSON.stringify(report) };
      },
    },
    "project",
    "stack",
    false,
  );
  const stack = checkStack({ ...minimalSettings(), groups, teams });
  const reported: ReviewedUsernames[] = [];
  const review = { jobIds: { blue: "job" }, usernames: (found: ReviewedUsernames) => void reported.push(found) };
  const { summaries, problems } = await checkUsernames(stack, new Provider("usersync", {}), review);
  return { asked, reported, summaries: [...summaries.values()], problems };
}

it("checks the members of the groups that exist, and names those that do not exist yet", async () => {
  const groups = [{ create: "new" }, { create: "there" }];
  const { asked, reported, summaries } = await check(groups, { there: "there-id" });
  expect(asked).toMatchObject([{ groups: ["there-id"] }]);
  expect(reported).toEqual([{ teams: ["default"], report, unknownGroups: ["new"] }]);
  expect(summaries).toEqual([{ users: 2, errors: 0, warnings: 0, summary: "2 users" }]);
});

it("checks nothing when no group exists yet", async () => {
  const { asked, reported, summaries } = await check([{ create: "new" }], {});
  expect([asked, summaries]).toEqual([[], []]);
  expect(reported).toMatchObject([{ reason: "User names are not checked: these groups do not exist yet: new." }]);
});

it("reports an existing group that cannot be found", async () => {
  const groups = [{ create: "new" }, { existing: { displayName: "nobody" } }];
  expect((await check(groups, {})).problems).toEqual(['groups: no group has the display name "nobody"']);
});

it("checks teams with the same groups and mapping once, unless their current mappings differ", async () => {
  const team = (slug: string) => ({
    scim: { directoryId: `${slug}${minimalSettings().scim.directoryId.slice(1)}` },
    smallstep: { teamSlug: slug },
  });
  const teams = { a: team("a"), blue: team("c") };
  const { asked, reported } = await check([{ create: "there" }], { there: "there-id" }, teams);
  expect(asked).toHaveLength(2);
  expect(asked[1]).toMatchObject({ currentExpression: "current of job" });
  expect(reported.map((one) => one.teams)).toEqual([["default", "a"], ["blue"]]);
});

it("warns about a deletion threshold above the number of users and proposes an effective one", () => {
  expect(ineffectiveThresholdWarning(500, 62, 10)).toBe(
    "is 500, and the number of provisioned users is 62: a cycle that disables all of them would not be held. " +
      "Set it to 6, for example",
  );
  expect(ineffectiveThresholdWarning(500, 0, 10)).toBeUndefined();
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 2, max: 1e6 }),
      fc.nat({ max: 100 }),
      (threshold, users, percent) => {
        const warning = ineffectiveThresholdWarning(threshold, users, percent);
        expect(warning === undefined).toBe(threshold < users);
        if (warning === undefined) return;
        const proposed = Number(/Set it to (\d+)/.exec(warning)?.[1]);
        expect(ineffectiveThresholdWarning(proposed, users, percent)).toBeUndefined();
      },
    ),
  );
});
