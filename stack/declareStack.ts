import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { AccessGroups } from "@smallstep-ssh/components";
import { smallstep } from "@smallstep-ssh/usersync";
import { printableError } from "@smallstep-ssh/usersync/output";
import { findPlainSecrets, isEncryptedKey } from "./config/plainSecrets";
import { ConfigurationError } from "./config/problems";
import { readSettings } from "./config/read";
import type { Team } from "./config/schema";
import { checkStack, defaultTeam, type StackSettings } from "./config/teams";
import { readDatabaseRootCert } from "./config/certificates";
import { findConnectionProblems } from "./connectionCheck";
import { loginEndpoint, readCredentials } from "./credentials";
import { deployTeam } from "./deployTeam";
import { rejectDuplicates } from "./duplicates";
import { log, runError } from "./log";
import { createAzureAdProvider, createOfflineProviders } from "./providers";
import { checkUsernames, type PreviewReview, type UsernameSummary } from "./usernameCheck";

export interface DeployOptions {
  /** Runs a preview for reviewers, which needs none of the permissions that only a deployment needs. */
  review?: PreviewReview;
}

/**
 * Runs the whole stack: reads and checks the configuration, checks the connections and the user names, and declares the resources:
 * first those that the teams share, then those of each team. Runs in `pulumi preview` and `pulumi up`; `refresh` and `destroy` use
 * only the state.
 * @returns the stack's outputs, by team when the configuration has `teams`
 * @throws RunError with every problem, before the first resource
 */
export async function deploy(options: DeployOptions = {}): Promise<Record<string, unknown>> {
  try {
    return await declareStack(options);
  } catch (error) {
    // The engine prints only the message of a RunError, but the stack trace of any other error.
    const message = userMessage(error);
    if (message !== undefined && !process.env["DEBUG"]) throw runError(message);
    throw printableError(error);
  }
}

/** Returns the message of an error that the user can cause: in the configuration, or in a call of a plugin. */
function userMessage(error: unknown): string | undefined {
  if (error instanceof ConfigurationError) return error.message;
  const [, call = "", reason] = error instanceof Error ? (invokeError.exec(error.message) ?? []) : [];
  return reason === undefined || call.startsWith("usersync:") ? reason : `${call}: ${reason}`;
}

/** The SDK's message of a call of a plugin that fails. */
const invokeError = /^invocation of (\S+) returned an error: ([^]*)$/;

async function declareStack({ review }: DeployOptions): Promise<Record<string, unknown>> {
  // Settings
  const config = pulumi.runtime.allConfig();
  const project = pulumi.getProject();
  const { credentials, problems } = readCredentials(config, isEncryptedKey);
  const settings = readSettings(config, project);
  const plain = findPlainSecrets(settings, (key) => isEncryptedKey(`${project}:${key}`));
  const stack = checkStack(settings, [...problems, ...plain]);
  const databaseRootCert = readDatabaseRootCert(stack.database.sslRootCert);

  // Checks, before anything changes. Only plugins whose configuration opens no connection run.
  const offline = createOfflineProviders(stack, credentials);
  const usernames = await runChecks(stack, offline.usersync, review);

  // Providers
  const providers = { ...offline, azuread: createAzureAdProvider(stack.tenantId, credentials) };
  const hooksFor = (component: string) => rejectDuplicates(stack.checks.duplicates, component, providers);

  // Resources
  // Awaited, so that credentials that azuread rejects are reported once and not for each resource.
  const { objectId: owner } = await azuread.getClientConfig({ provider: providers.azuread });
  const access = new AccessGroups(
    "access",
    { groups: stack.groups, owners: [owner] },
    { providers: [providers.azuread, providers.usersync], hooks: hooksFor("access") },
  );
  const shared = { providers, owner, hooksFor, access, databaseRootCert, loginEndpoint: loginEndpoint(credentials) };
  const outputs: Record<string, object> = {};
  const teams: Record<string, { directoryId: string; servicePrincipalId: pulumi.Output<string> }> = {};
  let grants: readonly pulumi.Resource[] = [];
  for (const team of stack.teams) {
    const deployed = deployTeam(team, shared, grants);
    // PostgreSQL rejects concurrent grants on one table, so those of the next team depend on these.
    grants = deployed.grants;
    outputs[team.key] = { ...deployed.outputs, usernames: usernames.get(team) };
    const { scim, smallstep: installation } = team.settings;
    teams[installation.teamSlug] = { directoryId: scim.directoryId, servicePrincipalId: deployed.servicePrincipalId };
  }
  const allowTeamRemoval = stack.teams.flatMap(({ settings }) => settings.safeguards.allowTeamRemoval);
  new smallstep.Teams("teams", { teams, allowTeamRemoval }, { provider: providers.usersync });

  // Outputs
  const { tenantId } = stack;
  return stack.byTeam ? { tenantId, teams: outputs } : { tenantId, ...outputs[defaultTeam] };
}

/**
 * Checks the connections and the user names, and reports all problems together.
 * @returns the results of the user-name check, by team
 * @throws ConfigurationError
 */
async function runChecks(
  stack: StackSettings,
  provider: pulumi.ProviderResource,
  review: PreviewReview | undefined,
): Promise<Map<Team, UsernameSummary>> {
  const { database, checks } = stack;
  if (database.sslmode === "require" && database.sslRootCert === undefined) {
    await log.warn("database.sslmode: require encrypts but does not verify the server; verify-full does both.");
  }
  const usernames = checkUsernames(stack, provider, review);
  // Without a connection, this check fails too. The problems of the connection explain why.
  usernames.catch(() => undefined);
  const purpose = review === undefined ? "deploy" : "review";
  const problems = checks.connections === "off" ? [] : await findConnectionProblems(stack, purpose, provider);
  if (checks.connections === "error" && problems.length > 0) {
    throw new ConfigurationError([...problems, ...(await usernames.then((found) => found.problems).catch(() => []))]);
  }
  if (problems.length > 0) await log.warn(problems.join("\n"));
  const checked = await usernames;
  if (checked.problems.length > 0) throw new ConfigurationError(checked.problems);
  return checked.summaries;
}
