import path from "node:path";
import type { ClientCredentials } from "entra-emulator";
import type { Engine } from "../engine/engine";
import { defaultCacheDir } from "../engine/obtain";
import { passphrase } from "./stack";
import type { SandboxEnvironment } from "./environment";

/** Pulumi's home folder, in which the engine keeps downloaded plugins. */
export const pulumiHome = path.join(defaultCacheDir(), "pulumi-home");

/** Returns the environment variables for a sign-in to the emulated tenant as `client`. */
export function credentialsEnvironment(
  { graph }: Pick<SandboxEnvironment, "graph">,
  client: Pick<ClientCredentials, "clientId" | "clientSecret">,
): Record<string, string> {
  return {
    ARM_TENANT_ID: graph.tenantId,
    ARM_CLIENT_ID: client.clientId,
    ARM_CLIENT_SECRET: client.clientSecret,
    ARM_METADATA_HOSTNAME: graph.metadataHost,
  };
}

/** Returns the environment variables with which `pulumi` and the commands of this repository work on the run's stack. */
export function toolEnvironment(
  environment: SandboxEnvironment,
  client: ClientCredentials = environment.graph.deployer,
): Record<string, string> {
  return {
    ...credentialsEnvironment(environment, client),
    PULUMI_HOME: pulumiHome,
    ...environment.authority.trustEnvironment(),
    KUBECONFIG: environment.cluster.kubeconfigPath,
    PULUMI_BACKEND_URL: `file://${path.join(environment.dir, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PATH: pathWith(environment.engine),
  };
}

/** Returns the folder of the stack's project. */
export function projectFolder(environment: SandboxEnvironment): string {
  return path.join(environment.dir, "project");
}

/** Returns the value of PATH with which programs find the engine. */
export function pathWith({ command }: Engine): string {
  const folder = path.dirname(command.command);
  return [...(folder === "." ? [] : [folder]), process.env["PATH"] ?? ""].join(path.delimiter);
}
