import { checkStack, readSettings, type Team, readCredentials } from "@smallstep-ssh/stack";
import { peopleWriter } from "entra-mappings";
import type { GraphClient } from "@smallstep-ssh/usersync/clients";
import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import { registerSecret } from "@smallstep-ssh/usersync/output";
import { CliError } from "../common/errors";
import { openStack, outputsByTeam, readConfig } from "../engine/stack";
import { readObservation } from "./readObservation";
import type { Deployed, Open } from "./types";

/** Opens a deployed stack. Returns the expected state of each team and a function that observes it. @throws CliError, ConfigurationError */
export const openDeployed: Open = async (options) => {
  const opened = await openStack(options);
  const [config, outputs, { name }] = await Promise.all([
    readConfig(opened),
    opened.outputs(),
    opened.workspace.projectSettings(),
  ]);
  const stack = checkStack(readSettings(config, name));
  const people = peopleWriter(stack.checks.people, stack.checks.pseudonymKey);
  const graph = await openGraph({ ...readCredentials(config).credentials, tenantId: stack.tenantId }, { people });
  const byTeam = outputsByTeam(outputs);
  return stack.teams.map((team) => {
    const label = stack.byTeam ? `${options.stack}/${team.key}` : options.stack;
    return deployed(label, team, byTeam[team.key] ?? {}, graph);
  });
};

/** Returns the expected state of a team and a function that observes it. @throws CliError if the stack is not deployed */
export function deployed(
  name: string,
  { settings }: Team,
  outputs: Record<string, unknown>,
  graph: GraphClient,
): Deployed {
  const text = (output: string): string => {
    const value = outputs[output];
    if (typeof value === "string") return value;
    throw new CliError([`${name} has no output ${output}: the stack is not deployed. Run pulumi up first.`]);
  };
  const { oidc, smallstep, scim, tenantId } = settings;
  registerSecret(text("clientSecret"));
  const provisioner = {
    name: oidc.provisionerName,
    clientId: text("clientId"),
    clientSecret: text("clientSecret"),
    configurationEndpoint: text("configurationEndpoint"),
    tenantId,
    domains: oidc.emailDomains,
    listenAddress: oidc.listenAddress,
  };
  const target = { settings, graph, jobId: text("jobId"), registrationJob: text("registrationJob"), provisioner };
  return {
    expected: {
      name,
      teamSlug: smallstep.teamSlug,
      directoryId: scim.directoryId,
      provisionerName: oidc.provisionerName,
      registrationJob: target.registrationJob,
      clientSecretEndDate: text("clientSecretEndDate"),
    },
    readObservation: () => readObservation(target, new Date()),
  };
}
