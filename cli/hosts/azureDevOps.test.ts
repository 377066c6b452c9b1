import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAzureDevOps, type AzureDevOpsStandIn } from "../../sandbox/codehosts/azureDevOps";
import { azureDevOps, azureDevOpsSettings } from "./azureDevOps";

let world: AzureDevOpsStandIn;
beforeEach(async () => void (world = await startAzureDevOps()));
afterEach(() => world.close());

const marker = "smallstep-ssh-azuread:drift:dev";
const environment = () => ({
  SYSTEM_ACCESSTOKEN: world.token,
  SYSTEM_COLLECTIONURI: `${world.url}/`,
  SYSTEM_TEAMPROJECT: world.project,
  BUILD_REPOSITORY_ID: world.repositoryId,
  SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
});
const host = (change: Record<string, string> = {}) =>
  azureDevOps(azureDevOpsSettings({ ...environment(), ...change }, {}), { firstDelayMs: 1 });
const issue = (fingerprint: string, body = "a <b> | c") => ({ marker, title: "Drift", body, fingerprint });

it("a pull request has one comment, edited in place", async () => {
  world.threads
    .get(7)!
    .push({ id: 99, isDeleted: false, properties: {}, comments: [{ id: 1, content: `${marker} mine` }] });
  expect(await host().putComment(marker, "first")).toBe("comment on pull request 7 created");
  expect(await host().putComment(marker, "second")).toBe("comment on pull request 7 updated");
  expect(await host().putComment(marker, "second")).toBe("comment on pull request 7 unchanged");
  expect(world.threads.get(7)!.map(({ comments }) => comments.map(({ content }) => content))).toEqual([
    [`${marker} mine`],
    ["second"],
  ]);
});

it("a work item is opened once, updated, and closed; then another is opened", async () => {
  expect(await host().putIssue(issue("1".repeat(64)))).toBe("work item 1 opened");
  expect(world.workItems.get(1)?.fields["System.Description"]).toBe("<pre>a &lt;b&gt; | c</pre>");
  expect(await host().putIssue(issue("1".repeat(64)))).toBe("work item 1 is up to date");
  expect(await host().putIssue(issue("2".repeat(64), "more"))).toBe("work item 1 updated");
  expect(world.workItems.get(1)?.history).toEqual(["What has drifted has changed; the description is up to date."]);
  expect(await host().closeIssue(marker, "No drift.")).toBe("closed work item 1");
  expect(world.workItems.get(1)).toMatchObject({
    fields: { "System.State": "Done" },
    history: [expect.anything(), "No drift."],
  });
  expect(await host().closeIssue(marker, "No drift.")).toBe("no work item is open");
  expect(await host().putIssue(issue("3".repeat(64)))).toBe("work item 2 opened");
});

describe("what is wrong is said", () => {
  it("of the token, which is answered with a page", async () => {
    await expect(host({ SYSTEM_ACCESSTOKEN: "wrong" }).putComment(marker, "x")).rejects.toThrow(
      "Azure DevOps answered with a page instead of data when asked to list the pull request's comments: is the token right?",
    );
  });
  it("of the type of work item", async () => {
    await expect(host({ DRIFT_WORK_ITEM_TYPE: "Bug" }).putIssue(issue("1"))).rejects.toThrow(
      /work item type Bug \(DRIFT_WORK_ITEM_TYPE/,
    );
  });
  it("of the environment, all at once", () => {
    expect(() => azureDevOpsSettings({ SYSTEM_ACCESSTOKEN: "$(System.AccessToken)" }, {})).toThrow(
      /SYSTEM_ACCESSTOKEN is not set.*\nSYSTEM_COLLECTIONURI.*\nSYSTEM_TEAMPROJECT.*\nBUILD_REPOSITORY_ID/,
    );
  });
});
