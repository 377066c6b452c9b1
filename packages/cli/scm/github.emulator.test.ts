import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGitHub, type GitHubStandIn } from "../test/scmStubs/github";
import { CliError } from "../common/errors";
import { gitHub, gitHubSettings } from "./github";
import { htmlComment } from "./codeHost";

let server: GitHubStandIn;
let pull: number;
beforeEach(async () => {
  server = await startGitHub();
  pull = server.open({ login: "ada", title: "A change", body: "", pullRequest: true }).number;
});
afterEach(() => server.close());

const marker = "smallstep-ssh-azuread:preview:dev";
const host = (given: { token?: string; author?: string } = {}) =>
  gitHub(
    {
      token: given.token ?? server.token,
      repository: server.repository,
      apiUrl: server.url,
      author: given.author ?? "github-actions[bot]",
      pullRequest: pull,
    },
    { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 30_000 },
  );
const comments = () => server.issues.get(pull)!.comments;
const issue = (fingerprint: string, body = "text") => ({ marker, title: "Drift", body, fingerprint });
const openIssues = () => [...server.issues.values()].filter((one) => one.state === "open" && !one.pull_request);

describe("putComment on GitHub", () => {
  it("creates one comment, edits it in place, and sends nothing when the text is unchanged", async () => {
    expect(await host().putComment(marker, "first")).toBe(`comment on #${pull} created`);
    expect(await host().putComment(marker, "second")).toBe(`comment on #${pull} updated`);
    expect(await host().putComment(marker, "second")).toBe(`comment on #${pull} unchanged`);
    expect(comments().map(({ body }) => body)).toEqual([`${htmlComment(marker)}\nsecond`]);
    expect(server.requests.filter(({ method }) => method !== "GET")).toHaveLength(2);
  });

  it("finds the comment of its own stack on a later page", async () => {
    await host().putComment(marker, "dev");
    comments().unshift(...Array.from({ length: 250 }, (_, id) => ({ id, body: "chat", user: { login: "ada" } })));
    await host().putComment(`${marker}-2`, "another stack");
    expect(await host().putComment(marker, "dev again")).toContain("updated");
    expect(comments()).toHaveLength(252);
  });

  it("never edits another author's comment, even if it contains the marker", async () => {
    server.comment(pull, "mallory", `${htmlComment(marker)}\nmine`);
    await host().putComment(marker, "ours");
    expect(comments().map(({ user, body }) => [user.login, body.split("\n")[1]])).toEqual([
      ["mallory", "mine"],
      ["github-actions[bot]", "ours"],
    ]);
  });

  it("names the missing permission when GitHub rejects the token", async () => {
    server.faults.push({ method: "POST", path: /comments/, status: 403, times: 1 });
    await expect(host().putComment(marker, "x")).rejects.toThrow(
      "GitHub rejected the request to comment on the pull request (403, a fault of the sandbox): the token needs the permission " +
        "pull-requests: write (the token of a fork does not have it).",
    );
    await expect(host({ token: "wrong" }).putComment(marker, "x")).rejects.toThrow(
      "GitHub rejected the token in the request to list the pull request's comments (401, Bad credentials). Check that the token is valid.",
    );
  });
});

describe("GitHub rate limits", () => {
  it.each([
    ["429 with retry-after", 429, { "retry-after": "0" }],
    ["403 of the secondary limit", 403, { "retry-after": "0" }],
    ["403 with no remaining requests", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }],
  ])("waits and creates the comment once after %s", async (_, status, headers) => {
    server.faults.push({ method: "GET", path: /comments/, status, headers, times: 2 });
    server.faults.push({ method: "POST", path: /comments/, status, headers, times: 2 });
    expect(await host().putComment(marker, "x")).toContain("created");
    expect(comments()).toHaveLength(1);
  });

  it("fails at once when GitHub asks for a wait longer than the limit", async () => {
    server.faults.push({ method: "GET", path: /comments/, status: 429, headers: { "retry-after": "3600" }, times: 9 });
    await expect(host().putComment(marker, "x")).rejects.toThrow(/too many requests .*Run the command again later/);
    expect(server.requests).toHaveLength(1);
  });

  it("does not retry a POST after a 502", async () => {
    server.faults.push({ method: "GET", path: /comments/, status: 502, times: 1 });
    server.faults.push({ method: "POST", path: /comments/, status: 502, times: 1 });
    await expect(host().putComment(marker, "x")).rejects.toThrow(
      "GitHub returned an error for the request to comment on the pull request (502",
    );
    expect(server.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });
});

describe("the drift issue on GitHub", () => {
  it("opens one issue, updates it, closes it without drift, and opens a new one for new drift", async () => {
    expect(await host().putIssue(issue("1"))).toBe("issue #2 opened");
    expect(await host().putIssue(issue("1"))).toBe("issue #2 is up to date");
    expect(await host().putIssue(issue("1", "only the text"))).toBe("issue #2 updated");
    expect(server.issues.get(2)?.comments).toEqual([]);
    expect(await host().putIssue(issue("2", "another drift"))).toBe("issue #2 updated");
    expect(server.issues.get(2)?.comments.map(({ body }) => body)).toEqual([
      "The drift has changed. The description above is up to date.",
    ]);
    expect(openIssues()).toHaveLength(1);
    expect(await host().closeIssue(marker, "No drift any more.")).toBe("closed issue #2");
    expect(server.issues.get(2)).toMatchObject({ state: "closed", state_reason: "completed" });
    expect(await host().closeIssue(marker, "No drift any more.")).toBe("no issue is open");
    expect(await host().putIssue(issue("3"))).toBe("issue #3 opened");
  });

  it("keeps the oldest issue and closes the others as duplicates when several are open", async () => {
    const body = `${htmlComment(marker)}\nx`;
    server.open({ login: "github-actions[bot]", title: "Drift", body });
    server.open({ login: "github-actions[bot]", title: "Drift", body });
    server.open({ login: "mallory", title: "Drift", body });
    await host().putIssue(issue("1"));
    expect(openIssues().map(({ number, user }) => [number, user.login])).toEqual([
      [2, "github-actions[bot]"],
      [4, "mallory"],
    ]);
    expect(server.issues.get(3)?.comments.map(({ body }) => body)).toEqual(["Duplicate of #2"]);
  });

  it("finds its issue among hundreds and ignores pull requests with the marker", async () => {
    await host().putIssue(issue("1"));
    for (let i = 0; i < 210; i++) server.open({ login: "ada", title: "Another", body: "" });
    server.open({ login: "github-actions[bot]", title: "PR", body: `${htmlComment(marker)}\n`, pullRequest: true });
    expect(await host().putIssue(issue("1", "new"))).toBe("issue #2 updated");
  });
});

describe("gitHubSettings", () => {
  it("reads the variables of GitHub Actions", () => {
    const env = { GITHUB_TOKEN: "t", GITHUB_REPOSITORY: "acme/ssh", GITHUB_REF: "refs/pull/12/merge" };
    expect(gitHubSettings(env, {})).toEqual({
      token: "t",
      repository: "acme/ssh",
      apiUrl: "https://api.github.com",
      author: "github-actions[bot]",
      pullRequest: 12,
    });
    expect(gitHubSettings({ ...env, GITHUB_API_URL: "https://ghe.example/api/v3/" }, { pullRequest: 3 })).toMatchObject(
      {
        apiUrl: "https://ghe.example/api/v3",
        pullRequest: 3,
      },
    );
  });

  it("reports all missing GitHub Actions variables together", () => {
    expect(() => gitHubSettings({}, {})).toThrow(CliError);
    expect(() => gitHubSettings({}, {})).toThrow(
      /GITHUB_TOKEN is not set.*\nGITHUB_REPOSITORY is ""; expected owner\/name/,
    );
  });
});
