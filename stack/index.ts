import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { checkStack, ConfigurationError, readSettings, type StackSettings } from "../config";
import { connectionProblems } from "../preflight";
import type { OpenOptions } from "../provider/graph";
import { readCredentials, type Credentials } from "./credentials";
import { SharedGroups } from "./groups";
import { loginEndpoint } from "./loginEndpoint";
import { makeProviders } from "./providers";
import { deployTeam, type Shared } from "./team";
import { runningUserNames } from "./runningMapping";
import { checkUsernames, type Review } from "./usernameCheck";

export type { Review, ReviewedUsernames } from "./usernameCheck";

export interface DeployOptions {
  /** How this process, not the plugins, reaches Microsoft Graph: a certificate authority to trust besides the usual ones. */
  graph?: OpenOptions;
  /** A preview for reviewers: asks for no permission that only a deployment needs. */
  review?: Review;
}

/**
 * The whole stack: reads and checks the configuration, looks whether everything can be reached, and declares the resources: what
 * the teams share, then each team. Runs in `pulumi preview` and `pulumi up`; `refresh` and `destroy` work from the state alone.
 * @returns the stack's outputs, by team when the configuration has `teams`
 * @throws RunError with all that is wrong, before the first resource
 */
export async function deploy(options: DeployOptions = {}): Promise<Record<string, unknown>> {
  try {
    return await declare(options);
  } catch (error) {
    // The engine shows the message of such an error, and the stack trace of any other.
    if (error instanceof ConfigurationError && !process.env["DEBUG"]) throw new pulumi.RunError(error.message);
    throw error;
  }
}

async function declare(options: DeployOptions): Promise<Record<string, unknown>> {
  const all = pulumi.runtime.allConfig();
  const stack = checkStack(readSettings(all, pulumi.getProject()));
  const credentials = readCredentials(all);
  await checkConnections(stack, credentials, options);

  const providers = makeProviders(stack, credentials);
  const shared: Shared = {
    providers,
    owner: azuread.getClientConfigOutput({ provider: providers.azuread }).objectId,
    loginEndpoint: loginEndpoint(credentials),
    folkRootCert: stack.folk.sslRootCert === undefined ? undefined : readFileSync(stack.folk.sslRootCert, "utf8"),
  };
  const groups = new SharedGroups(stack, [shared.owner], { providers: [providers.azuread, providers.usersync] });
  const review = options.review && {
    ...options.review,
    running: await runningUserNames(stack, credentials, options.review, options.graph),
  };
  const usernames = await checkUsernames(stack, (team) => groups.of(team), providers.usersync, review);

  const { tenantId } = stack;
  let grants: readonly pulumi.Resource[] = [];
  const outputs = stack.teams.map((team): [string, Record<string, unknown>] => {
    const summary = usernames.get(team);
    const deployed = deployTeam(team, groups.of(team), shared, grants);
    grants = deployed.grants;
    return [team.key, { ...deployed.outputs, ...(summary === undefined ? {} : { usernames: summary }) }];
  });
  return stack.byTeam ? { tenantId, teams: Object.fromEntries(outputs) } : { tenantId, ...outputs[0]![1] };
}

async function checkConnections(stack: StackSettings, credentials: Credentials, options: DeployOptions): Promise<void> {
  if (stack.checks.connections === "off") return;
  const purpose = options.review === undefined ? "deploy" : "review";
  const problems = await connectionProblems(stack, credentials, { ...options.graph, purpose });
  if (problems.length === 0) return;
  if (stack.checks.connections === "error") throw new ConfigurationError(problems);
  await pulumi.log.warn(problems.join("\n"));
}
