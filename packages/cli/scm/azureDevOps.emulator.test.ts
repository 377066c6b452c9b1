import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAzureDevOps, type AzureDevOpsStandIn } from "../test/scmStubs/azureDevOps";
import { azureDevOps, azureDevOpsSettings } from "./azureDevOps";

let server: AzureDevOpsStandIn;
beforeEach(async () => void (server = await startAzureDevOps()));
afterEach(() => server.close());

const marker = "smallstep-ssh-azuread:drift:dev";
const environment = () => ({
  SYSTEM_ACCESSTOKEN: server.token,
  SYSTEM_COLLECTIONURI: `${server.url}/`,
  SYSTEM_TEAMPROJECT: server.project,
  BUILD_REPOSITORY_ID: server.repositoryId,
  SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
});
const host = (change: Record<string, string> = {}) =>
  azureDevOps(azureDevOpsSettings({ ...environment(), ...change }, {}), {
    firstMs: 1,
    maxRetryAfterMs: 2000,
    requestMs: 30_000,
  });
const issue = (fingerprint: string, body = "a <b> | c") => ({ marker, title: "Drift", body, fingerprint });

it("creates one comment per pull request on Azure DevOps and edits it in place", async () => {
  server.threads
    .get(7)!
    .push({ id: 99, isDeleted: false, properties: {}, comments: [{ id: 1, content: `${marker} mine` }] });
  expect(await host().putComment(marker, "first")).toBe("comment on pull request 7 created");
  expect(await host().putComment(marker, "second")).toBe("comment on pull request 7 updated");
  expect(await host().putComment(marker, "second")).toBe("comment on pull request 7 unchanged");
  expect(server.threads.get(7)!.map(({ comments }) => comments.map(({ content }) => content))).toEqual([
    [`${marker} mine`],
    ["second"],
  ]);
});

it("opens one work item, updates it, closes it, and opens a new one for new drift", async () => {
  expect(await host().putIssue(issue("1".repeat(64)))).toBe("work item 1 opened");
  expect(server.workItems.get(1)?.fields["System.Description"]).toBe("<pre>a &lt;b&gt; | c</pre>");
  expect(await host().putIssue(issue("1".repeat(64)))).toBe("work item 1 is up to date");
  expect(await host().putIssue(issue("2".repeat(64), "more"))).toBe("work item 1 updated");
  expect(server.workItems.get(1)?.history).toEqual(["The drift has changed. The description is up to date."]);
  expect(await host().closeIssue(marker, "No drift.")).toBe("closed work item 1");
  expect(server.workItems.get(1)).toMatchObject({
    fields: { "System.State": "Done" },
    history: [expect.anything(), "No drift."],
  });
  expect(await host().closeIssue(marker, "No drift.")).toBe("no work item is open");
  expect(await host().putIssue(issue("3".repeat(64)))).toBe("work item 2 opened");
});

describe("error messages of Azure DevOps", () => {
  it("explains a sign-in page returned for a bad token", async () => {
    await expect(host({ SYSTEM_ACCESSTOKEN: "wrong" }).putComment(marker, "x")).rejects.toThrow(
      "Azure DevOps returned a web page instead of JSON for the request to list the pull request's comments. Check that the token is valid.",
    );
  });
  it("names DRIFT_WORK_ITEM_TYPE when the project lacks the work item type", async () => {
    await expect(host({ DRIFT_WORK_ITEM_TYPE: "Bug" }).putIssue(issue("1"))).rejects.toThrow(
      /work item type Bug \(DRIFT_WORK_ITEM_TYPE/,
    );
  });
  it("reports all missing Azure Pipelines variables together", () => {
    expect(() => azureDevOpsSettings({ SYSTEM_ACCESSTOKEN: "$(System.AccessToken)" }, {})).toThrow(
      /SYSTEM_ACCESSTOKEN is not set.*\nSYSTEM_COLLECTIONURI.*\nSYSTEM_TEAMPROJECT.*\nBUILD_REPOSITORY_ID/,
    );
  });
});
