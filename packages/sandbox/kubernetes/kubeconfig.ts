import { writeFile } from "node:fs/promises";
import { KubeConfig } from "@kubernetes/client-node";

/** Writes a kubeconfig with one context, `sandbox`. Only the current user can read it. */
export async function writeKubeconfig(
  file: string,
  { server, caFile, token }: { server: string; caFile: string; token: string },
): Promise<void> {
  const name = "sandbox";
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name, server, caFile, skipTLSVerify: false }],
    users: [{ name, token }],
    contexts: [{ name, cluster: name, user: name, namespace: "default" }],
    currentContext: name,
  });
  await writeFile(file, config.exportConfig(), { mode: 0o600 });
}

/**
 * Copies the user's kubeconfig (KUBECONFIG or ~/.kube/config) to `file` and makes `context` its current context.
 *
 * @throws Error if the kubeconfig has no such context
 */
export async function writeContext(file: string, context: string): Promise<{ server: string }> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    const list = known.length === 0 ? "it has no contexts" : `its contexts are ${known.join(", ")}`;
    throw new Error(
      `--context ${context}: the kubeconfig has no such context; ${list}. Set KUBECONFIG to the right file.`,
    );
  }
  config.setCurrentContext(context);
  await writeFile(file, config.exportConfig(), { mode: 0o600 });
  return { server: config.getCurrentCluster()?.server ?? "unknown server" };
}

export function loadKubeconfig(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return config;
}
