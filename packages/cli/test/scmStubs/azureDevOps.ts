import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";

export interface StoredThread {
  id: number;
  isDeleted: boolean;
  properties: Record<string, { $type: string; $value: string }>;
  comments: { id: number; content: string }[];
}

export interface StoredWorkItem {
  id: number;
  type: string;
  fields: Record<string, string>;
  /** Comments of the discussion, oldest first. */
  history: string[];
}

/** A running stub of Azure DevOps, with its stored data. */
export interface AzureDevOpsStandIn {
  /** URL of the collection, without a trailing slash. */
  readonly url: string;
  readonly token: string;
  readonly project: string;
  readonly repositoryId: string;
  readonly threads: Map<number, StoredThread[]>;
  readonly workItems: Map<number, StoredWorkItem>;
  readonly requests: { method: string; path: string }[];
  close(): Promise<void>;
}

type Patch = { op: string; path: string; value: string }[];

/** Starts a stub of the Azure DevOps REST API 7.1 on 127.0.0.1: pull request threads, and work items of the Basic process. */
export async function startAzureDevOps(): Promise<AzureDevOpsStandIn> {
  const token = "ado-sandbox-token-of-a-build";
  const project = "Platform team";
  const repositoryId = "2a1f0e5c-0000-4000-8000-000000000001";
  const threads = new Map<number, StoredThread[]>([[7, []]]);
  const workItems = new Map<number, StoredWorkItem>();
  const requests: AzureDevOpsStandIn["requests"] = [];
  let ids = 0;

  const app = express();
  app.use(express.json({ type: ["application/json", "application/json-patch+json"], limit: "1mb" }));
  app.use((request, response, next) => {
    requests.push({ method: request.method, path: request.originalUrl });
    // The service answers an invalid token with 203 and its sign-in page.
    if (request.headers.authorization !== `Bearer ${token}`)
      response.status(203).type("html").send("<!DOCTYPE html><html/>");
    else if (request.query["api-version"] === undefined)
      response.status(400).json({ message: "No api-version was supplied." });
    else next();
  });
  const base = "/:project/_apis";
  const threadsPath = `${base}/git/repositories/${repositoryId}/pullRequests/:pull/threads`;
  const of = (request: express.Request) => threads.get(Number(request.params["pull"]));
  app.get(threadsPath, (request, response) => {
    const value = of(request);
    if (value === undefined)
      return void response.status(404).json({ message: "TF401180: The pull request was not found." });
    response.json({ value, count: value.length });
  });
  app.post(threadsPath, (request, response) => {
    const { comments, properties } = request.body as {
      comments: { content: string }[];
      properties: StoredThread["properties"];
    };
    const made = {
      id: ++ids,
      isDeleted: false,
      properties,
      comments: comments.map(({ content }, index) => ({ id: index + 1, content })),
    };
    of(request)?.push(made);
    response.json(made);
  });
  app.patch(`${threadsPath}/:thread/comments/:comment`, (request, response) => {
    const thread = of(request)?.find(({ id }) => id === Number(request.params["thread"]));
    const comment = thread?.comments.find(({ id }) => id === Number(request.params["comment"]));
    if (comment === undefined) return void response.status(404).json({ message: "not found" });
    comment.content = (request.body as { content: string }).content;
    response.json(comment);
  });

  app.get(`${base}/wit/workitemtypes/:type/states`, (request, response) => {
    if (request.params.type !== "Issue")
      return void response.status(404).json({ message: "VS402323: Work item type does not exist." });
    const value = [
      { name: "To Do", category: "Proposed" },
      { name: "Doing", category: "InProgress" },
      { name: "Done", category: "Completed" },
    ];
    response.json({ value });
  });
  app.post(`${base}/wit/wiql`, (request, response) => {
    const tag = /CONTAINS '((?:[^']|'')*)'/.exec((request.body as { query: string }).query)?.[1]?.replaceAll("''", "'");
    const tags = (item: StoredWorkItem) => (item.fields["System.Tags"] ?? "").split("; ");
    const found = [...workItems.values()].filter((item) => tag !== undefined && tags(item).includes(tag));
    response.json({ workItems: found.map(({ id }) => ({ id })) });
  });
  const apply = (item: StoredWorkItem, patch: Patch): void => {
    for (const { path, value } of patch) {
      const name = path.replace("/fields/", "");
      if (name === "System.History") item.history.push(value);
      else item.fields[name] = value;
    }
  };
  const patchOnly = (request: express.Request, response: express.Response): boolean => {
    if (request.headers["content-type"] === "application/json-patch+json") return true;
    response.status(415).json({ message: "expected application/json-patch+json" });
    return false;
  };
  app.post(`${base}/wit/workitems/:type`, (request, response) => {
    if (!patchOnly(request, response)) return;
    const item = { id: ++ids, type: request.params.type.slice(1), fields: { "System.State": "To Do" }, history: [] };
    apply(item, request.body as Patch);
    workItems.set(item.id, item);
    response.json(item);
  });
  app.get(
    `${base}/wit/workitems/:id`,
    (request, response) => void response.json(workItems.get(Number(request.params.id))),
  );
  app.patch(`${base}/wit/workitems/:id`, (request, response) => {
    const item = workItems.get(Number(request.params.id));
    if (item === undefined) return void response.status(404).json({ message: "not found" });
    if (!patchOnly(request, response)) return;
    apply(item, request.body as Patch);
    response.json(item);
  });

  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    project,
    repositoryId,
    threads,
    workItems,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
