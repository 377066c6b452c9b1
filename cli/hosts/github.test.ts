import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startGitHub, type GitHubStandIn } from "../../sandbox/codehosts/github";
import { CliError } from "../common/errors";
import { gitHub, gitHubSettings } from "./github";
import { htmlComment } from "./types";

let world: GitHubStandIn;
let pull: number;
beforeEach(async () => {
  world = await startGitHub();
  pull = world.open({ login: "ada", title: "A change", body: "", pullRequest: true }).number;
});
afterEach(() => world.close());

const marker = "smallstep-ssh-azuread:preview:dev";
const host = (given: { token?: string; author?: string } = {}) =>
  gitHub(
    {
      token: given.token ?? world.token,
      repository: world.repository,
      apiUrl: world.url,
      author: given.author ?? "github-actions[bot]",
      pullRequest: pull,
    },
    { firstDelayMs: 1, maxDelayMs: 2000 },
  );
const comments = () => world.issues.get(pull)!.comments;
const issue = (fingerprint: string, body = "text") => ({ marker, title: "Drift", body, fingerprint });
const openIssues = () => [...world.issues.values()].filter((one) => one.state === "open" && !one.pull_request);

describe("the comment", () => {
  it("is made once and edited in place, and left alone when nothing changed", async () => {
    expect(await host().putComment(marker, "first")).toBe(`comment on #${pull} created`);
    expect(await host().putComment(marker, "second")).toBe(`comment on #${pull} updated`);
    expect(await host().putComment(marker, "second")).toBe(`comment on #${pull} unchanged`);
    expect(comments().map(({ body }) => body)).toEqual([`${htmlComment(marker)}\nsecond`]);
    expect(world.requests.filter(({ method }) => method !== "GET")).toHaveLength(2);
  });

  it("is found on a later page, and is one per stack", async () => {
    await host().putComment(marker, "dev");
    comments().unshift(...Array.from({ length: 250 }, (_, id) => ({ id, body: "chat", user: { login: "ada" } })));
    await host().putComment(`${marker}-2`, "another stack");
    expect(await host().putComment(marker, "dev again")).toContain("updated");
    expect(comments()).toHaveLength(252);
  });

  it("is never somebody else's, whatever they wrote", async () => {
    world.comment(pull, "mallory", `${htmlComment(marker)}\nmine`);
    await host().putComment(marker, "ours");
    expect(comments().map(({ user, body }) => [user.login, body.split("\n")[1]])).toEqual([
      ["mallory", "mine"],
      ["github-actions[bot]", "ours"],
    ]);
  });

  it("says what the token lacks", async () => {
    world.faults.push({ method: "POST", path: /comments/, status: 403, times: 1 });
    await expect(host().putComment(marker, "x")).rejects.toThrow(
      "GitHub refused to comment on the pull request (403, a fault of the sandbox): the token needs the permission " +
        "pull-requests: write (a fork's token has not).",
    );
    await expect(host({ token: "wrong" }).putComment(marker, "x")).rejects.toThrow(
      "GitHub did not accept the token to list the pull request's comments (401, Bad credentials).",
    );
  });
});

describe("too many requests", () => {
  it.each([
    ["429 with retry-after", 429, { "retry-after": "0" }],
    ["403 of the secondary limit", 403, { "retry-after": "0" }],
    ["403 with the budget used up", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }],
  ])("are waited out, and the comment is made once: %s", async (_, status, headers) => {
    world.faults.push({ method: "GET", path: /comments/, status, headers, times: 2 });
    world.faults.push({ method: "POST", path: /comments/, status, headers, times: 2 });
    expect(await host().putComment(marker, "x")).toContain("created");
    expect(comments()).toHaveLength(1);
  });

  it("are an error when the wait would be too long", async () => {
    world.faults.push({ method: "GET", path: /comments/, status: 429, headers: { "retry-after": "3600" }, times: 9 });
    await expect(host().putComment(marker, "x")).rejects.toThrow(/too many requests .*run this again later/);
    expect(world.requests).toHaveLength(1);
  });

  it("are another thing than failures, after which nothing is written twice", async () => {
    world.faults.push({ method: "GET", path: /comments/, status: 502, times: 1 });
    world.faults.push({ method: "POST", path: /comments/, status: 502, times: 1 });
    await expect(host().putComment(marker, "x")).rejects.toThrow("GitHub refused to comment on the pull request (502");
    expect(world.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });
});

describe("the issue", () => {
  it("is opened once, updated, and closed when there is nothing to say; then a new one is opened", async () => {
    expect(await host().putIssue(issue("1"))).toBe("issue #2 opened");
    expect(await host().putIssue(issue("1"))).toBe("issue #2 is up to date");
    expect(await host().putIssue(issue("1", "only the text"))).toBe("issue #2 updated");
    expect(world.issues.get(2)?.comments).toEqual([]);
    expect(await host().putIssue(issue("2", "another drift"))).toBe("issue #2 updated");
    expect(world.issues.get(2)?.comments.map(({ body }) => body)).toEqual([
      "What has drifted has changed; the text above is up to date.",
    ]);
    expect(openIssues()).toHaveLength(1);
    expect(await host().closeIssue(marker, "No drift any more.")).toBe("closed issue #2");
    expect(world.issues.get(2)).toMatchObject({ state: "closed", state_reason: "completed" });
    expect(await host().closeIssue(marker, "No drift any more.")).toBe("no issue is open");
    expect(await host().putIssue(issue("3"))).toBe("issue #3 opened");
  });

  it("is the oldest when there are several, and the others are closed", async () => {
    const body = `${htmlComment(marker)}\nx`;
    world.open({ login: "github-actions[bot]", title: "Drift", body });
    world.open({ login: "github-actions[bot]", title: "Drift", body });
    world.open({ login: "mallory", title: "Drift", body });
    await host().putIssue(issue("1"));
    expect(openIssues().map(({ number, user }) => [number, user.login])).toEqual([
      [2, "github-actions[bot]"],
      [4, "mallory"],
    ]);
    expect(world.issues.get(3)?.comments.map(({ body }) => body)).toEqual(["Duplicate of #2."]);
  });

  it("is found among hundreds, and a pull request with the marker is none", async () => {
    await host().putIssue(issue("1"));
    for (let i = 0; i < 210; i++) world.open({ login: "ada", title: "Another", body: "" });
    world.open({ login: "github-actions[bot]", title: "PR", body: `${htmlComment(marker)}\n`, pullRequest: true });
    expect(await host().putIssue(issue("1", "new"))).toBe("issue #2 updated");
  });
});

describe("the settings", () => {
  it("are those of GitHub Actions", () => {
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

  it("are asked for all at once", () => {
    expect(() => gitHubSettings({}, {})).toThrow(CliError);
    expect(() => gitHubSettings({}, {})).toThrow(
      /GITHUB_TOKEN is not set.*\nGITHUB_REPOSITORY is ""; expected owner\/name/,
    );
  });
});
