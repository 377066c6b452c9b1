import { appendFile } from "node:fs/promises";
import { Option, type Command } from "commander";
import { CliError } from "../common/errors";
import { azureDevOps, azureDevOpsSettings } from "./azureDevOps";
import { gitHub, gitHubSettings } from "./github";
import type { ScmProvider } from "./types";

export const postTargets = ["github", "azure-devops", "none"] as const;

export interface HostOptions {
  post: (typeof postTargets)[number];
  author?: string;
  pullRequest?: number;
}

/** The options that say where a command writes to. */
export function addHostOptions(command: Command, what: string): Command {
  return command
    .addOption(new Option("--post <where>", `${what}; none: print only`).choices([...postTargets]).default("none"))
    .option("--author <login>", "GitHub login that the token writes as (default: github-actions[bot])");
}

/** Where the command writes to; undefined: nowhere. @throws CliError when the environment lacks what is needed */
export function hostOf({ post, ...given }: HostOptions, env: NodeJS.ProcessEnv): ScmProvider | undefined {
  switch (post) {
    case "none":
      return undefined;
    case "github":
      return gitHub(gitHubSettings(env, given));
    case "azure-devops":
      if (given.author !== undefined) throw new CliError(["--author is for --post github only."]);
      return azureDevOps(azureDevOpsSettings(env, given));
  }
}

export const hostHelp = `
--post github reads what GitHub Actions sets: GITHUB_TOKEN (to be given to the step), GITHUB_REPOSITORY, GITHUB_REF, GITHUB_API_URL.
--post azure-devops reads SYSTEM_ACCESSTOKEN (to be given to the step), SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT,
BUILD_REPOSITORY_ID, SYSTEM_PULLREQUEST_PULLREQUESTID. Where GITHUB_STEP_SUMMARY is set, the text is added to the job's summary.
`;

/** Adds Markdown to the summary of a job of GitHub Actions. */
export async function addSummary(markdown: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file) await appendFile(file, `${markdown}\n`);
}

/** Where the run that writes can be looked at; one line of Markdown. */
export function ciRunLink(env: NodeJS.ProcessEnv): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const { SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: build } = env;
  const links = [
    ...(server && repository && run ? [`[run](${server}/${repository}/actions/runs/${run})`] : []),
    ...(collection && project && build
      ? [`[run](${collection}${encodeURIComponent(project)}/_build/results?buildId=${build})`]
      : []),
  ];
  return links.length === 0 ? "" : `<sub>${links.join(" · ")}</sub>`;
}
