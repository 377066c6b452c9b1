import path from "node:path";
import { defaultCacheDir } from "../engine";
import type { ClientCredentials } from "../graph";
import { passphrase } from "./stack";
import type { SandboxEnvironment } from "./world";

/** Downloaded plugins are kept there. */
export const pulumiHome = path.join(defaultCacheDir(), "pulumi-home");

/** Who signs in to Entra ID, and where. */
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

/** What one's own tools need to work on the stack of a run: `pulumi`, and the commands of this repository. */
export function toolEnvironment(
  world: SandboxEnvironment,
  client: ClientCredentials = world.graph.deployer,
): Record<string, string> {
  return {
    ...credentialsEnvironment(world, client),
    PULUMI_HOME: pulumiHome,
    ...world.authority.trustEnvironment(),
    KUBECONFIG: world.cluster.kubeconfigPath,
    PULUMI_BACKEND_URL: `file://${path.join(world.dir, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
  };
}

/** The folder of the stack's project. */
export function projectFolder(world: SandboxEnvironment): string {
  return path.join(world.dir, "project");
}
