import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Provider } from "@smallstep-ssh/usersync";
import { checkStack } from "./config/teams";
import { minimalSettings } from "./testing/minimalSettings";
import { setMocks } from "./testing/mocks";
import type { SharedGroup } from "./groups";
import { checkUsernames, ineffectiveThresholdWarning, type ReviewedUsernames } from "./usernameCheck";

it("waits for existing groups but not for a group that is being created", async () => {
  const asked: unknown[] = [];
  const report = { totals: {} };
  await setMocks(
    {
      newResource: ({ name }) => ({ id: `${name}-id`, state: {} }),
      call: ({ token, inputs }) => {
        asked.push([token, (inputs as { groups: unknown }).groups]);
        return { users: 2, errors: 0, warnings: 0, summary: "2 users", table: "", report: JSON.stringify(report) };
      },
    },
    "project",
    "stack",
    false,
  );
  const stack = checkStack(minimalSettings());
  const never = new Promise<never>(() => undefined);
  const later = new Promise<string>((resolve) => setTimeout(() => resolve("there-id"), 20));
  const group = (key: string, objectId: Promise<string>, willBeCreated: Promise<undefined>): SharedGroup => ({
    key,
    displayName: pulumi.output(key),
    objectId: pulumi.output(objectId),
    willBeCreated,
  });
  const groups = [group("new", never, Promise.resolve(undefined)), group("there", later, never)];
  const reported: ReviewedUsernames[] = [];
  const provider = new Provider("usersync", {});
  const review = { jobIds: {}, running: new Map(), usernames: (found: ReviewedUsernames) => void reported.push(found) };
  const summaries = await checkUsernames(stack, () => groups, provider, review);
  expect(asked).toEqual([["usersync:entra:checkUsernames", ["there-id"]]]);
  expect(reported).toEqual([{ teams: [stack.teams[0]!.key], report, unknownGroups: ["new"] }]);
  expect([...summaries.values()]).toMatchObject([{ users: 2 }]);

  reported.length = 0;
  expect([...(await checkUsernames(stack, () => groups.slice(0, 1), provider, review))]).toEqual([]);
  expect(reported).toMatchObject([{ reason: "User names are not checked: these groups do not exist yet: new." }]);
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
