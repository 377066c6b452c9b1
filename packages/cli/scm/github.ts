import { readFileSync } from "node:fs";
import type { RetryTimes } from "@smallstep-ssh/usersync/clients";
import * as z from "zod";
import { CliError } from "../common/errors";
import { codeHost, htmlComment, isSameText, type CodeHost, type Issue, type OpenIssue } from "./codeHost";
import { Api, type ApiCall } from "./http";

/** Settings of a GitHub Actions run. */
export interface GitHubSettings {
  token: string;
  /** `owner/name`. */
  repository: string;
  /** Root URL of the REST API, without a trailing slash. */
  apiUrl: string;
  /** Number of the pull request. Undefined: the run does not belong to a pull request. */
  pullRequest: number | undefined;
  /** Login that owns our comments and issues. Only entries by this author are edited, so copying the marker cannot redirect an edit. */
  author: string;
}

/** A comment or an issue. */
const entrySchema = z.object({
  id: z.number(),
  number: z.number().optional(),
  title: z.string().optional(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullable(),
  pull_request: z.unknown().optional(),
});
type Entry = z.infer<typeof entrySchema>;

const pullRequestNeeds = "the token needs the permission pull-requests: write (the token of a fork does not have it)";
const issueNeeds = "the token needs the permission issues: write";

/** Reads the settings from the variables of GitHub Actions. @throws CliError that lists every missing variable */
export function gitHubSettings(
  env: NodeJS.ProcessEnv,
  given: { author?: string; pullRequest?: number },
): GitHubSettings {
  const { GITHUB_TOKEN: token = "", GITHUB_REPOSITORY: repository = "" } = env;
  const problems: string[] = [];
  if (token === "") problems.push("GITHUB_TOKEN is not set: add env: GITHUB_TOKEN: ${{ github.token }} to the step.");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    problems.push(`GITHUB_REPOSITORY is "${repository}"; expected owner/name.`);
  if (problems.length > 0) throw new CliError(problems);
  return {
    token,
    repository,
    apiUrl: (env["GITHUB_API_URL"] || "https://api.github.com").replace(/\/+$/, ""),
    author: given.author ?? "github-actions[bot]",
    pullRequest: given.pullRequest ?? pullRequestOf(env),
  };
}

const eventSchema = z.object({ pull_request: z.object({ number: z.number() }) });

function pullRequestOf(env: NodeJS.ProcessEnv): number | undefined {
  const inRef = /^refs\/pull\/(\d+)\//.exec(env["GITHUB_REF"] ?? "")?.[1];
  const file = env["GITHUB_EVENT_PATH"];
  if (inRef !== undefined || !file) return inRef === undefined ? undefined : Number(inRef);
  try {
    return eventSchema.parse(JSON.parse(readFileSync(file, "utf8"))).pull_request.number;
  } catch {
    return undefined;
  }
}

/** Creates the GitHub client. Retry delays can be shortened for tests. */
export function gitHub(
  { token, repository, apiUrl: root, author, pullRequest }: GitHubSettings,
  times?: RetryTimes,
): CodeHost {
  const api = new Api({
    name: "GitHub",
    root,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    },
    times,
  });
  const repo = `/repos/${repository}`;
  const comments = `${repo}/issues/${pullRequest}/comments`;
  const issueCall = (method: "POST" | "PATCH", path: string, body: object, operation: string) =>
    api.request(
      { method, path: `${repo}/issues${path}`, body, operation, requiredPermission: issueNeeds },
      entrySchema,
    );

  /** Lists our entries with this marker on their first line, oldest first. */
  async function findOwnEntries(marker: string, call: ApiCall): Promise<Entry[]> {
    const found: Entry[] = [];
    for await (const entry of api.list(call, entrySchema)) {
      const isMarked = entry.body?.split(/\r?\n/, 1)[0] === htmlComment(marker);
      if (entry.user?.login === author && entry.pull_request === undefined && isMarked) found.push(entry);
    }
    return found.sort((a, b) => a.id - b.id);
  }

  const fingerprintOf = ({ fingerprint }: Issue) => htmlComment(`fingerprint ${fingerprint}`);
  const bodyOf = (issue: Issue) => `${htmlComment(issue.marker)}\n${fingerprintOf(issue)}\n${issue.body}`;
  const comment = (path: string, body: string) =>
    issueCall("POST", `${path}/comments`, { body }, "comment on the issue");

  function openIssue({ number: id = 0, title, body }: Entry): OpenIssue {
    const path = `/${id}`;
    return {
      id,
      compare(issue) {
        if (body?.includes(fingerprintOf(issue)) !== true) return "drift";
        return isSameText(body, bodyOf(issue)) && title === issue.title ? "nothing" : "text";
      },
      async edit(issue, isNew) {
        await issueCall("PATCH", path, { title: issue.title, body: bodyOf(issue) }, "edit the issue");
        if (isNew) await comment(path, "The drift has changed. The description above is up to date.");
      },
      async close(text, reason) {
        await comment(path, text);
        const state_reason = reason === "completed" ? reason : "not_planned";
        await issueCall("PATCH", path, { state: "closed", state_reason }, "close the issue");
      },
    };
  }

  return codeHost({
    issueKind: "issue",
    issuePrefix: "issue #",
    pullRequestName() {
      if (pullRequest !== undefined) return `#${pullRequest}`;
      throw new CliError([
        "The pull request to comment on is unknown: set GITHUB_REF to refs/pull/N/merge, or use --pull-request N.",
      ]);
    },
    async findComment(marker) {
      const requiredPermission = pullRequestNeeds;
      const list = { path: `${comments}?per_page=100`, operation: "list the pull request's comments" };
      const [first] = await findOwnEntries(marker, { ...list, requiredPermission });
      if (first === undefined) return undefined;
      const edit = {
        method: "PATCH",
        path: `${repo}/issues/comments/${first.id}`,
        operation: "edit the comment",
      } as const;
      const unmarked = (first.body ?? "").replace(/^.*\r?\n/, "");
      return {
        body: unmarked,
        edit: async (text) =>
          void (await api.request(
            { ...edit, body: { body: `${htmlComment(marker)}\n${text}` }, requiredPermission },
            entrySchema,
          )),
      };
    },
    async createComment(marker, text) {
      const body = { body: `${htmlComment(marker)}\n${text}` };
      const operation = "comment on the pull request";
      await api.request(
        { method: "POST", path: comments, body, operation, requiredPermission: pullRequestNeeds },
        entrySchema,
      );
    },
    async findIssues(marker) {
      const path = `${repo}/issues?state=open&per_page=100`;
      const operation = "list the open issues";
      return (await findOwnEntries(marker, { path, operation, requiredPermission: issueNeeds })).map(openIssue);
    },
    async openIssue(issue) {
      const made = await issueCall("POST", "", { title: issue.title, body: bodyOf(issue) }, "open an issue");
      if (made.number === undefined)
        throw new CliError(["GitHub returned no number for the request to open an issue."]);
      return made.number;
    },
  });
}
