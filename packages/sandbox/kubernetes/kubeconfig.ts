import { writeFile } from "node:fs/promises";
import { KubeConfig } from "@kubernetes/client-node";
import type { Pair } from "./pki";

/** Writes a kubeconfig with one context. It refers to certificates and keys by path. */
export async function writeKubeconfig(
  file: string,
  options: { context: string; server: string; caFile: string; user: string; client: Pair },
): Promise<void> {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: options.context, server: options.server, caFile: options.caFile, skipTLSVerify: false }],
    users: [{ name: options.user, certFile: options.client.cert, keyFile: options.client.key }],
    contexts: [{ name: options.context, cluster: options.context, user: options.user, namespace: "default" }],
    currentContext: options.context,
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
