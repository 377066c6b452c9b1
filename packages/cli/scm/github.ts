import { readFileSync } from "node:fs";
import { CliError } from "../common/errors";
import { Api, type ApiOptions } from "./http";
import { htmlComment, maxBodyLength, type ScmProvider, type Issue, type Outcome } from "./types";

/** Settings of a GitHub Actions run. */
export interface GitHubSettings {
  token: string;
  /** `owner/name`. */
  repository: string;
  /** Root URL of the REST API, without a trailing slash. */
  apiUrl: string;
  /** Number of the pull request. Absent: the run does not belong to a pull request. */
  pullRequest?: number;
  /** Login that owns our comments and issues. Only entries by this author are edited, so copying the marker cannot redirect an edit. */
  author: string;
}

interface Entry {
  id: number;
  number: number;
  title?: string;
  body: string | null;
  user: { login: string } | null;
  pull_request?: unknown;
}

const pullRequestNeeds = "the token needs the permission pull-requests: write (the token of a fork does not have it)";
const issueNeeds = "the token needs the permission issues: write";

/** Reads the settings from the variables of GitHub Actions. @throws CliError that lists every missing variable */
export function gitHubSettings(
  env: NodeJS.ProcessEnv,
  given: { author?: string; pullRequest?: number },
): GitHubSettings {
  const { GITHUB_TOKEN: token = "", GITHUB_REPOSITORY: repository = "" } = env;
  const problems = [
    ...(token === "" ? ["GITHUB_TOKEN is not set: add env: GITHUB_TOKEN: ${{ github.token }} to the step."] : []),
    ...(/^[\w.-]+\/[\w.-]+$/.test(repository) ? [] : [`GITHUB_REPOSITORY is "${repository}"; expected owner/name.`]),
  ];
  if (problems.length > 0) throw new CliError(problems);
  const pullRequest = given.pullRequest ?? pullRequestOf(env);
  return {
    token,
    repository,
    apiUrl: (env["GITHUB_API_URL"] || "https://api.github.com").replace(/\/+$/, ""),
    author: given.author ?? "github-actions[bot]",
    ...(pullRequest === undefined ? {} : { pullRequest }),
  };
}

function pullRequestOf(env: NodeJS.ProcessEnv): number | undefined {
  const inRef = /^refs\/pull\/(\d+)\//.exec(env["GITHUB_REF"] ?? "")?.[1];
  if (inRef !== undefined) return Number(inRef);
  const file = env["GITHUB_EVENT_PATH"];
  if (!file) return undefined;
  try {
    const { pull_request: pull } = JSON.parse(readFileSync(file, "utf8")) as { pull_request?: { number?: number } };
    return pull?.number;
  } catch {
    return undefined;
  }
}

/** Creates the GitHub client. Retry delays can be shortened for tests. */
export function gitHub(
  settings: GitHubSettings,
  times: Pick<ApiOptions, "firstDelayMs" | "maxDelayMs"> = {},
): ScmProvider {
  const { token, repository, apiUrl: root, author, pullRequest } = settings;
  const api = new Api({
    name: "GitHub",
    root,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    },
    ...times,
  });
  const repo = `/repos/${repository}`;

  /** Lists our entries with this marker on their first line, oldest first. */
  async function findOwnEntries(
    path: string,
    marker: string,
    operation: string,
    requiredPermission: string,
  ): Promise<Entry[]> {
    const found: Entry[] = [];
    for await (const item of api.list({ path, operation, requiredPermission })) {
      const entry = item as Entry;
      if (entry.user?.login === author && entry.pull_request === undefined && isMarked(entry.body, marker))
        found.push(entry);
    }
    return found.sort((a, b) => a.id - b.id);
  }

  const openIssues = (marker: string) =>
    findOwnEntries(`${repo}/issues?state=open&per_page=100`, marker, "list the open issues", issueNeeds);

  async function patchIssue(number: number, body: object, operation: string): Promise<void> {
    await api.request({
      method: "PATCH",
      path: `${repo}/issues/${number}`,
      body,
      operation,
      requiredPermission: issueNeeds,
    });
  }

  async function addComment(number: number, body: string): Promise<void> {
    const path = `${repo}/issues/${number}/comments`;
    await api.request({
      method: "POST",
      path,
      body: { body },
      operation: "comment on the issue",
      requiredPermission: issueNeeds,
    });
  }

  async function close(number: number, comment: string, reason: "completed" | "not_planned"): Promise<void> {
    await addComment(number, comment);
    await patchIssue(number, { state: "closed", state_reason: reason }, "close the issue");
  }

  return {
    maxLength: maxBodyLength,

    async putComment(marker, text): Promise<Outcome> {
      if (pullRequest === undefined) {
        throw new CliError([
          "The pull request to comment on is unknown: set GITHUB_REF to refs/pull/N/merge, or use --pull-request N.",
        ]);
      }
      const body = `${htmlComment(marker)}\n${text}`;
      const comments = `${repo}/issues/${pullRequest}/comments`;
      const requiredPermission = pullRequestNeeds;
      const [first] = await findOwnEntries(
        `${comments}?per_page=100`,
        marker,
        "list the pull request's comments",
        requiredPermission,
      );
      if (first === undefined) {
        await api.request({
          method: "POST",
          path: comments,
          body: { body },
          operation: "comment on the pull request",
          requiredPermission,
        });
        return `comment on #${pullRequest} created`;
      }
      if (sameText(first.body, body)) return `comment on #${pullRequest} unchanged`;
      const path = `${repo}/issues/comments/${first.id}`;
      await api.request({ method: "PATCH", path, body: { body }, operation: "edit the comment", requiredPermission });
      return `comment on #${pullRequest} updated`;
    },

    async putIssue({ marker, title, body: text, fingerprint }: Issue): Promise<Outcome> {
      const print = htmlComment(`fingerprint ${fingerprint}`);
      const body = `${htmlComment(marker)}\n${print}\n${text}`;
      const [first, ...others] = await openIssues(marker);
      for (const other of others) await close(other.number, `Duplicate of #${first?.number}`, "not_planned");
      if (first === undefined) {
        const path = `${repo}/issues`;
        const made = await api.request({
          method: "POST",
          path,
          body: { title, body },
          operation: "open an issue",
          requiredPermission: issueNeeds,
        });
        return `issue #${(made.body as Entry).number} opened`;
      }
      if (sameText(first.body, body) && first.title === title) return `issue #${first.number} is up to date`;
      await patchIssue(first.number, { title, body }, "edit the issue");
      // GitHub sends no notification for an edit. A comment notifies the subscribers of new drift.
      if (!(first.body ?? "").includes(print))
        await addComment(first.number, "The drift has changed. The description above is up to date.");
      return `issue #${first.number} updated`;
    },

    async closeIssue(marker, comment): Promise<Outcome> {
      const open = await openIssues(marker);
      for (const { number } of open) await close(number, comment, "completed");
      return open.length === 0
        ? "no issue is open"
        : `closed ${open.map(({ number }) => `issue #${number}`).join(", ")}`;
    },
  };
}

function isMarked(body: string | null, marker: string): boolean {
  return (body ?? "").split(/\r?\n/, 1)[0] === htmlComment(marker);
}

/** Compares two texts without regard to line ends. Text saved in a browser has CRLF line ends. */
function sameText(a: string | null, b: string): boolean {
  return (a ?? "").replaceAll("\r\n", "\n").trimEnd() === b.trimEnd();
}
