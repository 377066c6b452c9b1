import { Option, type Command } from "commander";

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

export const hostHelp = `
--post github reads the variables of GitHub Actions: GITHUB_TOKEN (pass it to the step), GITHUB_REPOSITORY, GITHUB_REF, GITHUB_API_URL.
--post azure-devops reads SYSTEM_ACCESSTOKEN (pass it to the step), SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT,
BUILD_REPOSITORY_ID, SYSTEM_PULLREQUEST_PULLREQUESTID. If GITHUB_STEP_SUMMARY is set, the command appends the text to the job summary.
`;
