import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";

export interface StoredComment {
  id: number;
  body: string;
  user: { login: string };
}

export interface StoredIssue {
  id: number;
  number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  state_reason: string | null;
  user: { login: string };
  pull_request?: object;
  comments: StoredComment[];
}

/** A fault injected into the next matching requests: a status with headers. */
export interface GitHubFault {
  method: string;
  path: RegExp;
  status: number;
  headers?: Record<string, string>;
  times: number;
}

/** A running stub of GitHub, with its stored data. Add `faults` to inject faults. */
export interface GitHubStandIn {
  /** Root of the REST API. */
  readonly url: string;
  readonly token: string;
  readonly repository: string;
  readonly issues: Map<number, StoredIssue>;
  readonly requests: { method: string; path: string }[];
  readonly faults: GitHubFault[];
  /** Opens an issue as a user does in the browser. */
  open(issue: { login: string; title: string; body: string; pullRequest?: boolean }): StoredIssue;
  comment(number: number, login: string, body: string): StoredComment;
  close(): Promise<void>;
}

const botLogin = "github-actions[bot]";
const maxBody = 65_536;

/**
 * Starts a stub of GitHub's REST API for comments and issues, with `Link` pages, length limits, tokens and rate limits. It listens on
 * 127.0.0.1 with plain HTTP. The author of every write is github-actions[bot], as in a workflow.
 */
export async function startGitHub(): Promise<GitHubStandIn> {
  const token = "ghs_sandbox-token-of-a-workflow";
  const repository = "acme/ssh";
  const issues = new Map<number, StoredIssue>();
  const requests: GitHubStandIn["requests"] = [];
  const faults: GitHubFault[] = [];
  let ids = 1000;

  const open: GitHubStandIn["open"] = ({ login, title, body, pullRequest }) => {
    const number = issues.size + 1;
    const issue: StoredIssue = {
      id: ++ids,
      number,
      title,
      body,
      state: "open",
      state_reason: null,
      user: { login },
      comments: [],
      ...(pullRequest === true ? { pull_request: {} } : {}),
    };
    issues.set(number, issue);
    return issue;
  };
  const comment: GitHubStandIn["comment"] = (number, login, body) => {
    const made = { id: ++ids, body, user: { login } };
    issues.get(number)!.comments.push(made);
    return made;
  };

  const app = express();
  app.use(express.json({ limit: "1mb" }));
  app.use((request, response, next) => {
    requests.push({ method: request.method, path: request.originalUrl });
    const fault = faults.find(
      (one) => one.times > 0 && one.method === request.method && one.path.test(request.originalUrl),
    );
    if (fault !== undefined) {
      fault.times--;
      response
        .status(fault.status)
        .set(fault.headers ?? {})
        .json({ message: "a fault of the sandbox" });
    } else if (request.headers.authorization !== `Bearer ${token}`) {
      response.status(401).json({ message: "Bad credentials" });
    } else if (typeof request.body?.body === "string" && request.body.body.length > maxBody) {
      response.status(422).json({ message: `Validation Failed: body is too long (maximum is ${maxBody} characters)` });
    } else next();
  });

  const repo = `/repos/${repository}`;
  const missing = { message: "Not Found" };
  const shown = ({ comments, ...issue }: StoredIssue) => ({ ...issue, comments: comments.length });
  const page = (request: express.Request, response: express.Response, items: object[]): void => {
    const size = Math.min(Number(request.query["per_page"] ?? 30), 100);
    const at = Number(request.query["page"] ?? 1);
    if (at * size < items.length) {
      const next = new URL(request.originalUrl, `http://${request.headers.host ?? ""}`);
      next.searchParams.set("page", String(at + 1));
      response.set("link", `<${next.href}>; rel="next", <${next.href}>; rel="last"`);
    }
    response.json(items.slice((at - 1) * size, at * size));
  };
  app.get(`${repo}/issues`, (request, response) => {
    const state = request.query["state"] ?? "open";
    const chosen = [...issues.values()].filter((issue) => state === "all" || issue.state === state);
    // Newest first: GitHub's default order.
    page(request, response, chosen.reverse().map(shown));
  });
  app.post(`${repo}/issues`, (request, response) => {
    const { title, body } = request.body as { title: string; body: string };
    response.status(201).json(shown(open({ login: botLogin, title, body })));
  });
  app.patch(`${repo}/issues/:number`, (request, response) => {
    const issue = issues.get(Number(request.params.number));
    if (issue === undefined) return void response.status(404).json(missing);
    Object.assign(issue, request.body);
    response.json(shown(issue));
  });
  app.get(`${repo}/issues/:number/comments`, (request, response) => {
    const issue = issues.get(Number(request.params.number));
    if (issue === undefined) return void response.status(404).json(missing);
    page(request, response, issue.comments);
  });
  app.post(`${repo}/issues/:number/comments`, (request, response) => {
    const number = Number(request.params.number);
    if (!issues.has(number)) return void response.status(404).json(missing);
    response.status(201).json(comment(number, botLogin, (request.body as { body: string }).body));
  });
  app.patch(`${repo}/issues/comments/:id`, (request, response) => {
    const found = [...issues.values()]
      .flatMap(({ comments }) => comments)
      .find(({ id }) => id === Number(request.params.id));
    if (found === undefined) return void response.status(404).json(missing);
    found.body = (request.body as { body: string }).body;
    response.json(found);
  });
  app.use((_request, response) => void response.status(404).json(missing));

  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    repository,
    issues,
    requests,
    faults,
    open,
    comment,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
