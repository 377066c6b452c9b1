import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { checkStack, ConfigurationError, readSettings, type StackSettings } from "../config";
import { connectionProblems } from "../preflight";
import type { OpenOptions } from "../provider/graph";
import { readCredentials, type Credentials } from "./credentials";
import { SharedGroups } from "./groups";
import { loginEndpoint } from "./loginEndpoint";
import { makeProviders } from "./providers";
import { rootCertOfFolk } from "./rootCert";
import { deployTeam, type Shared } from "./team";
import { checkUsernames } from "./usernameCheck";

export interface DeployOptions {
  /** How this process, not the plugins, reaches Microsoft Graph: a certificate authority to trust besides the usual ones. */
  graph?: OpenOptions;
}

/**
 * The whole stack: reads and checks the configuration, looks whether everything can be reached, and declares the resources: what
 * the teams share, then each team. Runs in `pulumi preview` and `pulumi up`; `refresh` and `destroy` work from the state alone.
 * @returns the stack's outputs, by team when the configuration has `teams`
 * @throws ConfigurationError with all that is wrong, before the first resource
 */
export async function deploy(options: DeployOptions = {}): Promise<Record<string, unknown>> {
  const all = pulumi.runtime.allConfig();
  const stack = checkStack(readSettings(all, pulumi.getProject()));
  const folkRootCert = rootCertOfFolk(stack);
  const credentials = readCredentials(all);
  await checkConnections(stack, credentials, options.graph);

  if (stack.folk.sslmode === "require" && folkRootCert === undefined) {
    await pulumi.log.warn("folk.sslmode: require encrypts, but does not check who answers; verify-full does both.");
  }
  const providers = makeProviders(stack, credentials);
  const shared: Shared = {
    providers,
    owner: azuread.getClientConfigOutput({ provider: providers.azuread }).objectId,
    loginEndpoint: loginEndpoint(credentials),
    folkRootCert,
  };
  const groups = new SharedGroups(stack, [shared.owner], { providers: [providers.azuread, providers.usersync] });
  const usernames = await checkUsernames(stack, (team) => groups.of(team), providers.usersync);

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

async function checkConnections(stack: StackSettings, credentials: Credentials, graph?: OpenOptions): Promise<void> {
  if (stack.checks.connections === "off") return;
  const problems = await connectionProblems(stack, credentials, graph);
  if (problems.length === 0) return;
  if (stack.checks.connections === "error") throw new ConfigurationError(problems);
  await pulumi.log.warn(problems.join("\n"));
}
