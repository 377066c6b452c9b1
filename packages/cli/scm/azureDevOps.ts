import { htmlText } from "entra-mappings";
import { CliError } from "../common/errors";
import { Api, type ApiOptions } from "./http";
import { maxBodyLength, type ScmProvider, type Issue, type Outcome } from "./types";

/** Settings of an Azure Pipelines run. */
export interface AzureDevOpsSettings {
  token: string;
  /** URL of the collection, without a trailing slash: `https://dev.azure.com/acme`. */
  collectionUrl: string;
  project: string;
  repositoryId: string;
  pullRequest?: number;
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
  const needed = (name: string, hint: string): string => {
    const value = env[name] ?? "";
    // Azure Pipelines does not expand an undefined variable: it passes the literal text.
    if (value === "" || value.startsWith("$(")) problems.push(`${name} is not set${hint}.`);
    return value;
  };
  const token = needed("SYSTEM_ACCESSTOKEN", ": add env: SYSTEM_ACCESSTOKEN: $(System.AccessToken) to the step");
  const collectionUrl = needed("SYSTEM_COLLECTIONURI", "; Azure Pipelines sets it").replace(/\/+$/, "");
  const project = needed("SYSTEM_TEAMPROJECT", "; Azure Pipelines sets it");
  const repositoryId = needed("BUILD_REPOSITORY_ID", "; Azure Pipelines sets it");
  if (problems.length > 0) throw new CliError(problems);
  const number = given.pullRequest ?? Number(env["SYSTEM_PULLREQUEST_PULLREQUESTID"] ?? NaN);
  return {
    token,
    collectionUrl,
    project,
    repositoryId,
    workItemType: env["DRIFT_WORK_ITEM_TYPE"] || "Issue",
    ...(Number.isInteger(number) ? { pullRequest: number } : {}),
  };
}

interface Thread {
  id: number;
  isDeleted?: boolean;
  properties?: Record<string, { $value?: unknown }> | null;
  comments: { id: number; content?: string }[];
}

interface WorkItem {
  id: number;
  fields: Record<string, unknown>;
}

/** Creates the Azure DevOps client. Retry delays can be shortened for tests. */
export function azureDevOps(
  settings: AzureDevOpsSettings,
  times: Pick<ApiOptions, "firstDelayMs" | "maxDelayMs"> = {},
): ScmProvider {
  const { token, collectionUrl, project, repositoryId, pullRequest, workItemType } = settings;
  const api = new Api({
    name: "Azure DevOps",
    root: `${collectionUrl}/${encodeURIComponent(project)}/_apis`,
    headers: { accept: "application/json", authorization: `Bearer ${token}` },
    ...times,
  });

  async function workItems(marker: string): Promise<{ open: WorkItem[]; done: string }> {
    const type = encodeURIComponent(workItemType);
    const requiredPermission = workItemNeeds;
    const { body: states } = await api.request({
      method: "GET",
      path: `/wit/workitemtypes/${type}/states?${version}`,
      operation: `read the states of the work item type ${workItemType} (DRIFT_WORK_ITEM_TYPE selects another type)`,
      requiredPermission,
    });
    const ended = (states as { value: { name: string; category: string }[] }).value.filter(({ category }) =>
      ["Completed", "Removed"].includes(category),
    );
    const query =
      `SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project ` +
      `AND [System.Tags] CONTAINS '${tag(marker).replaceAll("'", "''")}' ORDER BY [System.Id]`;
    const path = `/wit/wiql?${version}`;
    const { body: answer } = await api.request({
      method: "POST",
      path,
      body: { query },
      operation: "find work items",
      requiredPermission,
    });
    const open: WorkItem[] = [];
    for (const { id } of (answer as { workItems: { id: number }[] }).workItems) {
      const { body } = await api.request({
        method: "GET",
        path: `/wit/workitems/${id}?${version}`,
        operation: "read a work item",
        requiredPermission,
      });
      const item = body as WorkItem;
      if (!ended.some(({ name }) => name === item.fields["System.State"])) open.push(item);
    }
    return { open, done: ended.find(({ category }) => category === "Completed")?.name ?? "Done" };
  }

  async function write(method: "POST" | "PATCH", where: string, fields: Record<string, string>, operation: string) {
    const body = Object.entries(fields).map(([name, value]) => ({ op: "add", path: `/fields/${name}`, value }));
    const path = `/wit/workitems/${where}?${version}`;
    const contentType = "application/json-patch+json";
    return api.request({ method, path, body, contentType, operation, requiredPermission: workItemNeeds });
  }

  return {
    maxLength: maxBodyLength,

    async putComment(marker, content): Promise<Outcome> {
      if (pullRequest === undefined) {
        throw new CliError([
          "The pull request to comment on is unknown: set SYSTEM_PULLREQUEST_PULLREQUESTID or --pull-request N.",
        ]);
      }
      const threads = `/git/repositories/${encodeURIComponent(repositoryId)}/pullRequests/${pullRequest}/threads`;
      const requiredPermission = threadNeeds;
      const { body } = await api.request({
        method: "GET",
        path: `${threads}?${version}`,
        operation: "list the pull request's comments",
        requiredPermission,
      });
      const found = (body as { value: Thread[] }).value
        .filter((thread) => thread.isDeleted !== true && thread.properties?.[markerProperty]?.$value === marker)
        .sort((a, b) => a.id - b.id)[0];
      const comment = found?.comments[0];
      if (found === undefined || comment === undefined) {
        const made = {
          comments: [{ parentCommentId: 0, commentType: 1, content }],
          properties: { [markerProperty]: { $type: "System.String", $value: marker } },
        };
        await api.request({
          method: "POST",
          path: `${threads}?${version}`,
          body: made,
          operation: "comment on the pull request",
          requiredPermission,
        });
        return `comment on pull request ${pullRequest} created`;
      }
      if (comment.content?.trimEnd() === content.trimEnd()) return `comment on pull request ${pullRequest} unchanged`;
      const path = `${threads}/${found.id}/comments/${comment.id}?${version}`;
      await api.request({
        method: "PATCH",
        path,
        body: { content },
        operation: "edit the comment",
        requiredPermission,
      });
      return `comment on pull request ${pullRequest} updated`;
    },

    async putIssue({ marker, title, body, fingerprint }: Issue): Promise<Outcome> {
      const { open, done } = await workItems(marker);
      const description = `<pre>${htmlText(body)}</pre>`;
      const fields = { "System.Title": title, "System.Description": description };
      const [first, ...others] = open;
      for (const { id } of others) {
        const word = { "System.State": done, "System.History": `Duplicate of #${first?.id}` };
        await write("PATCH", String(id), word, "close the work item");
      }
      if (first === undefined) {
        const all = { ...fields, "System.Tags": `${tag(marker)}; ${printTag(fingerprint)}` };
        const made = await write("POST", `$${encodeURIComponent(workItemType)}`, all, "open a work item");
        return `work item ${(made.body as WorkItem).id} opened`;
      }
      const known = String(first.fields["System.Tags"] ?? "").includes(printTag(fingerprint));
      if (known && first.fields["System.Description"] === description) return `work item ${first.id} is up to date`;
      const tags = { "System.Tags": `${tag(marker)}; ${printTag(fingerprint)}` };
      const word: Record<string, string> = known
        ? {}
        : { "System.History": "The drift has changed. The description is up to date." };
      await write("PATCH", String(first.id), { ...fields, ...tags, ...word }, "edit the work item");
      return `work item ${first.id} updated`;
    },

    async closeIssue(marker, comment): Promise<Outcome> {
      const { open, done } = await workItems(marker);
      for (const { id } of open) {
        await write("PATCH", String(id), { "System.State": done, "System.History": comment }, "close the work item");
      }
      return open.length === 0
        ? "no work item is open"
        : `closed ${open.map(({ id }) => `work item ${id}`).join(", ")}`;
    },
  };
}

/** Returns the tag of a marker. Tags cannot contain commas or semicolons. */
function tag(marker: string): string {
  return marker.replace(/[,;]/g, "-");
}

function printTag(fingerprint: string): string {
  return `drift-${fingerprint.slice(0, 12)}`;
}
