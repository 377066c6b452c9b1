import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import type { GraphClient } from "@smallstep-ssh/usersync/clients";
import { type OpenOptions, openGraph } from "@smallstep-ssh/usersync/openGraph";
import { checkStack, type StackSettings } from "./config/teams";
import { ConfigurationError } from "./config/validate";
import { readSettings } from "./config/read";
import { runPreflightChecks } from "./preflight/preflight";
import { databaseSettings } from "./preflight/smallstep";
import type { Sources } from "./preflight/duplicates/types";
import { readCredentials, type Credentials } from "./credentials";
import { guardAgainstDuplicates, type ProvidersByPackage } from "./duplicates";
import { SharedGroups } from "./groups";
import { loginEndpoint } from "./loginEndpoint";
import { createAzureAdProvider, createProviders, type Providers } from "./providers";
import { readDatabaseRootCert } from "./rootCert";
import { deployTeam, type Shared } from "./deployTeam";
import { currentUserNameExpressions } from "./currentMapping";
import { checkUsernames, type PreviewReview } from "./usernameCheck";

export interface DeployOptions {
  /** How this process, not the plugins, reaches Microsoft Graph, for example an additional certificate authority to trust. */
  graph?: OpenOptions;
  /** Runs a preview for reviewers, which needs none of the permissions that only a deployment needs. */
  review?: PreviewReview;
}

/**
 * Runs the whole stack: reads and checks the configuration, checks the connections, and declares the resources: first those that the
 * teams share, then those of each team. Runs in `pulumi preview` and `pulumi up`; `refresh` and `destroy` use only the state.
 * @returns the stack's outputs, by team when the configuration has `teams`
 * @throws RunError with every problem, before the first resource
 */
export async function deploy(options: DeployOptions = {}): Promise<Record<string, unknown>> {
  try {
    return await declareStack(options);
  } catch (error) {
    // The engine prints only the message of a RunError, but the stack trace of any other error.
    if (error instanceof ConfigurationError && !process.env["DEBUG"]) throw new pulumi.RunError(error.message);
    throw error;
  }
}

async function declareStack(options: DeployOptions): Promise<Record<string, unknown>> {
  const all = pulumi.runtime.allConfig();
  const stack = checkStack(readSettings(all, pulumi.getProject()));
  const databaseRootCert = readDatabaseRootCert(stack);
  const credentials = readCredentials(all);
  // During a preview, register the providers before the checks so that their plugins start in parallel. During an update, wait for the
  // checks.
  const dryRun = pulumi.runtime.isDryRun();
  const previewProviders = dryRun ? createProviders(stack, credentials) : undefined;
  let entraProvider: azuread.Provider | undefined;
  await checkConnections(stack, credentials, options, () => {
    if (dryRun) entraProvider = createAzureAdProvider(stack, credentials);
  });

  if (stack.database.sslmode === "require" && databaseRootCert === undefined) {
    await pulumi.log.warn("database.sslmode: require encrypts but does not verify the server; verify-full does both.");
  }
  const guardedProviders: ProvidersByPackage = {};
  if (stack.checks.duplicates !== "off") {
    guardAgainstDuplicates(stack.checks.duplicates, sourcesOf(stack, credentials, options.graph), guardedProviders);
  }
  const providers: Providers = {
    ...(previewProviders ?? createProviders(stack, credentials)),
    azuread: entraProvider ?? createAzureAdProvider(stack, credentials),
  };
  const { azuread: entra, postgresql, usersync } = providers;
  Object.assign(guardedProviders, { azuread: entra, postgresql, usersync });
  const shared: Shared = {
    providers,
    owner: azuread.getClientConfigOutput({ provider: providers.azuread }).objectId,
    loginEndpoint: loginEndpoint(credentials),
    databaseRootCert,
  };
  const groups = new SharedGroups(stack, [shared.owner], { providers: [providers.azuread, providers.usersync] });
  const review = options.review && {
    ...options.review,
    running: await currentUserNameExpressions(stack, credentials, options.review, options.graph),
  };
  const check = checkUsernames(stack, (team) => groups.of(team), providers.usersync, review);
  // During an update, change nothing after the groups until the check has passed. A preview changes nothing anyway.
  if (!dryRun) await check;

  const { tenantId } = stack;
  let grants: readonly pulumi.Resource[] = [];
  const declared = stack.teams.map((team) => {
    const deployed = deployTeam(team, groups.of(team), shared, grants);
    grants = deployed.grants;
    return { team, ...deployed };
  });
  const [usernames, ...problems] = await Promise.all([check, ...declared.map(({ problem }) => problem)]);
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new ConfigurationError(found);
  const outputs = declared.map(({ team, outputs }): [string, Record<string, unknown>] => {
    const summary = usernames.get(team);
    return [team.key, { ...outputs, ...(summary === undefined ? {} : { usernames: summary }) }];
  });
  return stack.byTeam ? { tenantId, teams: Object.fromEntries(outputs) } : { tenantId, ...outputs[0]![1] };
}

async function checkConnections(
  stack: StackSettings,
  credentials: Credentials,
  options: DeployOptions,
  onSignedIn: () => void,
): Promise<void> {
  if (stack.checks.connections === "off") return;
  const purpose = options.review === undefined ? "deploy" : "review";
  const pendingLogs: Promise<void>[] = [];
  const problems = await runPreflightChecks(
    stack,
    credentials,
    { ...options.graph, purpose, onSignedIn },
    (severity, sentence) => {
      pendingLogs.push(severity === "warning" ? pulumi.log.warn(sentence) : pulumi.log.info(sentence));
    },
  );
  await Promise.all(pendingLogs);
  if (problems.length === 0) return;
  if (stack.checks.connections === "error") throw new ConfigurationError(problems);
  await pulumi.log.warn(problems.join("\n"));
}

/** One client for all lookups, opened before the first resource is created. */
function sourcesOf(stack: StackSettings, credentials: Credentials, options?: OpenOptions): Sources {
  let graph: Promise<GraphClient> | undefined;
  return {
    graph: () => (graph ??= openGraph({ ...credentials, tenantId: stack.tenantId }, options)),
    database: () => databaseSettings(stack),
    unnamedLeftovers: new Map(),
  };
}
