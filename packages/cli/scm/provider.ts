import { CliError } from "../common/errors";
import { azureDevOps, azureDevOpsSettings } from "./azureDevOps";
import { gitHub, gitHubSettings } from "./github";
import type { HostOptions } from "./options";
import type { ScmProvider } from "./types";

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
