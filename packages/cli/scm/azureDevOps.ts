import { htmlText } from "entra-mappings";
import type { RetryTimes, Shape } from "@smallstep-ssh/usersync/clients";
import * as z from "zod";
import { CliError } from "../common/errors";
import { codeHost, type CodeHost, type Issue, type OpenIssue } from "./codeHost";
import { Api, type ApiCall } from "./http";

/** Settings of an Azure Pipelines run. */
export interface AzureDevOpsSettings {
  token: string;
  /** URL of the collection, without a trailing slash: `https://dev.azure.com/acme`. */
  collectionUrl: string;
  project: string;
  repositoryId: string;
  pullRequest: number | undefined;
  /** Type of the work item about drift. The project's process must define it. */
  workItemType: string;
}

const version = "api-version=7.1";
const markerProperty = "smallstep-ssh-azuread.marker";
const threadNeeds = "the build's identity needs the permission Contribute to pull requests";
const workItemNeeds = "the build's identity needs the permission Edit work items in this node";

/** Reads the settings from the variables of Azure Pipelines. @throws CliError that lists every missing variable */
export function azureDevOpsSettings(env: NodeJS.ProcessEnv, given: { pullRequest?: number }): AzureDevOpsSettings {
  const problems: string[] = [];
  const needed = (name: string, hint = "; Azure Pipelines sets it"): string => {
    const value = env[name] ?? "";
    // Azure Pipelines does not expand an undefined variable: it passes the literal text.
    if (value === "" || value.startsWith("$(")) problems.push(`${name} is not set${hint}.`);
    return value;
  };
  const settings = {
    token: needed("SYSTEM_ACCESSTOKEN", ": add env: SYSTEM_ACCESSTOKEN: $(System.AccessToken) to the step"),
    collectionUrl: needed("SYSTEM_COLLECTIONURI").replace(/\/+$/, ""),
    project: needed("SYSTEM_TEAMPROJECT"),
    repositoryId: needed("BUILD_REPOSITORY_ID"),
    workItemType: env["DRIFT_WORK_ITEM_TYPE"] || "Issue",
  };
  if (problems.length > 0) throw new CliError(problems);
  const number = given.pullRequest ?? Number(env["SYSTEM_PULLREQUEST_PULLREQUESTID"] ?? NaN);
  return { ...settings, pullRequest: Number.isInteger(number) ? number : undefined };
}

const threadsSchema = z.object({
  value: z.array(
    z.object({
      id: z.number(),
      isDeleted: z.boolean().nullish(),
      properties: z.record(z.string(), z.object({ $value: z.unknown().optional() })).nullish(),
      comments: z.array(z.object({ id: z.number(), content: z.string().nullish() })),
    }),
  ),
});
const statesSchema = z.object({ value: z.array(z.object({ name: z.string(), category: z.string() })) });
const querySchema = z.object({ workItems: z.array(z.object({ id: z.number() })) });
const workItemSchema = z.object({ id: z.number(), fields: z.record(z.string(), z.unknown()) });

/** Creates the Azure DevOps client. Retry delays can be shortened for tests. */
export function azureDevOps(
  { token, collectionUrl, project, repositoryId, pullRequest, workItemType }: AzureDevOpsSettings,
  times?: RetryTimes,
): CodeHost {
  const api = new Api({
    name: "Azure DevOps",
    root: `${collectionUrl}/${encodeURIComponent(project)}/_apis`,
    headers: { accept: "application/json", authorization: `Bearer ${token}` },
    times,
  });
  const threads = `/git/repositories/${encodeURIComponent(repositoryId)}/pullRequests/${pullRequest}/threads`;
  const call = <T>(
    shape: Shape<T>,
    requiredPermission: string,
    method: ApiCall["method"],
    path: string,
    operation: string,
    body?: unknown,
    contentType?: string,
  ) => api.request({ method, path: `${path}?${version}`, operation, body, contentType, requiredPermission }, shape);

  async function write(method: "POST" | "PATCH", item: string, fields: Record<string, string>, operation: string) {
    const patch = Object.entries(fields).map(([name, value]) => ({ op: "add", path: `/fields/${name}`, value }));
    const path = `/wit/workitems/${item}`;
    return call(workItemSchema, workItemNeeds, method, path, operation, patch, "application/json-patch+json");
  }

  function openIssue({ id, fields }: z.infer<typeof workItemSchema>, done: string): OpenIssue {
    const patch = (changed: Record<string, string>, operation: string) =>
      write("PATCH", String(id), changed, operation);
    return {
      id,
      compare(issue) {
        if (!String(fields["System.Tags"]).includes(fingerprintTag(issue))) return "drift";
        return fields["System.Description"] === description(issue) ? "nothing" : "text";
      },
      async edit(issue, isNew) {
        const comment = { "System.History": "The drift has changed. The description is up to date." };
        await patch({ ...fieldsOf(issue), ...(isNew ? comment : {}) }, "edit the work item");
      },
      async close(comment) {
        await patch({ "System.State": done, "System.History": comment }, "close the work item");
      },
    };
  }

  return codeHost({
    issueKind: "work item",
    issuePrefix: "work item ",
    pullRequestName() {
      if (pullRequest !== undefined) return `pull request ${pullRequest}`;
      throw new CliError([
        "The pull request to comment on is unknown: set SYSTEM_PULLREQUEST_PULLREQUESTID or --pull-request N.",
      ]);
    },
    async findComment(marker) {
      const list = await call(threadsSchema, threadNeeds, "GET", threads, "list the pull request's comments");
      const [found] = list.value
        .filter(({ isDeleted, properties }) => isDeleted !== true && properties?.[markerProperty]?.$value === marker)
        .sort((a, b) => a.id - b.id);
      const [comment] = found?.comments ?? [];
      if (found === undefined || comment === undefined) return undefined;
      const path = `${threads}/${found.id}/comments/${comment.id}`;
      return {
        body: comment.content ?? "",
        edit: async (content) =>
          void (await call(z.unknown(), threadNeeds, "PATCH", path, "edit the comment", { content })),
      };
    },
    async createComment(marker, content) {
      const thread = {
        comments: [{ parentCommentId: 0, commentType: 1, content }],
        properties: { [markerProperty]: { $type: "System.String", $value: marker } },
      };
      await call(z.unknown(), threadNeeds, "POST", threads, "comment on the pull request", thread);
    },
    async findIssues(marker) {
      const statesPath = `/wit/workitemtypes/${encodeURIComponent(workItemType)}/states`;
      const readStates = `read the states of the work item type ${workItemType} (DRIFT_WORK_ITEM_TYPE selects another type)`;
      const { value: states } = await call(statesSchema, workItemNeeds, "GET", statesPath, readStates);
      const ended = states.filter(({ category }) => ["Completed", "Removed"].includes(category));
      const done = ended.find(({ category }) => category === "Completed")?.name ?? "Done";
      const query =
        `SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project ` +
        `AND [System.Tags] CONTAINS '${tag(marker).replaceAll("'", "''")}' ORDER BY [System.Id]`;
      const answer = await call(querySchema, workItemNeeds, "POST", "/wit/wiql", "find work items", { query });
      const open: OpenIssue[] = [];
      for (const { id } of answer.workItems) {
        const path = `/wit/workitems/${id}`;
        const item = await call(workItemSchema, workItemNeeds, "GET", path, "read a work item");
        if (!ended.some(({ name }) => name === item.fields["System.State"])) open.push(openIssue(item, done));
      }
      return open;
    },
    async openIssue(issue) {
      return (await write("POST", `$${encodeURIComponent(workItemType)}`, fieldsOf(issue), "open a work item")).id;
    },
  });
}

function description({ body }: Issue): string {
  return `<pre>${htmlText(body)}</pre>`;
}

function fieldsOf(issue: Issue): Record<string, string> {
  const tags = `${tag(issue.marker)}; ${fingerprintTag(issue)}`;
  return { "System.Title": issue.title, "System.Description": description(issue), "System.Tags": tags };
}

/** Returns the tag of a marker. Tags cannot contain commas or semicolons. */
function tag(marker: string): string {
  return marker.replace(/[,;]/g, "-");
}

function fingerprintTag({ fingerprint }: Issue): string {
  return `drift-${fingerprint.slice(0, 12)}`;
}
