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

/** Adds the options that select the code host to write to. @param description help text of `--post` */
export function addHostOptions(command: Command, description: string): Command {
  return command
    .addOption(
      new Option("--post <where>", `${description}; none: print only`).choices([...postTargets]).default("none"),
    )
    .option("--author <login>", "GitHub login of the token's identity (default: github-actions[bot])");
}

/** Returns the code host to write to. Undefined: none. @throws CliError that lists the missing environment variables */
export function hostOf({ post, ...given }: HostOptions, env: NodeJS.ProcessEnv): ScmProvider | undefined {
  switch (post) {
    case "none":
      return undefined;
    case "github":
      return gitHub(gitHubSettings(env, given));
    case "azure-devops":
      if (given.author !== undefined) throw new CliError(["--author requires --post github."]);
      return azureDevOps(azureDevOpsSettings(env, given));
  }
}

export const hostHelp = `
--post github reads the variables of GitHub Actions: GITHUB_TOKEN (pass it to the step), GITHUB_REPOSITORY, GITHUB_REF, GITHUB_API_URL.
--post azure-devops reads SYSTEM_ACCESSTOKEN (pass it to the step), SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT,
BUILD_REPOSITORY_ID, SYSTEM_PULLREQUEST_PULLREQUESTID. If GITHUB_STEP_SUMMARY is set, the command appends the text to the job summary.
`;

/** Appends Markdown to the job summary of GitHub Actions. Does nothing if GITHUB_STEP_SUMMARY is not set. */
export async function addSummary(markdown: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file) await appendFile(file, `${markdown}\n`);
}

/** Returns a link to the current CI run, as one line of Markdown. Empty outside CI. */
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
