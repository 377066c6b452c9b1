import { CliError } from "../common/errors";
import { azureDevOps, azureDevOpsSettings } from "./azureDevOps";
import type { CodeHost } from "./codeHost";
import { gitHub, gitHubSettings } from "./github";
import type { HostOptions } from "./options";

/** Returns the code host to write to. Undefined: none. @throws CliError that lists the missing environment variables */
export function hostOf({ post, ...given }: HostOptions, env: NodeJS.ProcessEnv): CodeHost | undefined {
  if (post === "github") return gitHub(gitHubSettings(env, given));
  if (post === "none") return undefined;
  if (given.author !== undefined) throw new CliError(["--author requires --post github."]);
  return azureDevOps(azureDevOpsSettings(env, given));
}
