import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { checkSettings, readSettings } from "../../config";
import { openGraph } from "../../provider/graph";
import { readCredentials } from "../../stack/credentials";
import { CliError } from "../common/errors";
import { openStack } from "../engine/stack";
import { observe } from "./observe";
import type { Deployed, Open } from "./run";

/** The stack of a project's folder: what it is meant to be, and a way to look at it. @throws CliError, ConfigurationError */
export const openDeployed: Open = async (options): Promise<Deployed> => {
  const stack = await openStack(options);
  const [config, outputs, { name }] = await Promise.all([
    allConfig(stack),
    stack.outputs(),
    stack.workspace.projectSettings(),
  ]);
  const settings = checkSettings(readSettings(config, name));
  const text = (output: string): string => {
    const value: unknown = outputs[output]?.value;
    if (typeof value === "string") return value;
    throw new CliError([
      `The stack ${options.stack} has no output ${output}: it is not deployed, run pulumi up first.`,
    ]);
  };
  const graph = await openGraph({ ...readCredentials(config), tenantId: settings.tenantId });
  const target = {
    settings,
    graph,
    jobId: text("jobId"),
    provisioner: {
      name: settings.oidc.provisionerName,
      clientId: text("clientId"),
      clientSecret: text("clientSecret"),
      configurationEndpoint: text("configurationEndpoint"),
      tenantId: settings.tenantId,
      domains: settings.oidc.emailDomains,
      listenAddress: settings.oidc.listenAddress,
    },
  };
  return {
    expected: {
      stack: options.stack,
      jobId: target.jobId,
      teamSlug: settings.smallstep.teamSlug,
      directoryId: settings.scim.directoryId,
      provisionerName: settings.oidc.provisionerName,
      ...endDate(outputs),
    },
    look: () => observe(target, new Date()),
  };
};

function endDate(outputs: OutputMap): { clientSecretEndDate?: string } {
  const value: unknown = outputs["clientSecretEndDate"]?.value;
  return typeof value === "string" ? { clientSecretEndDate: value } : {};
}

async function allConfig(stack: Stack): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(await stack.getAllConfig()).map(([key, { value }]) => [key, value]));
}
