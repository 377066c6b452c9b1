import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";

import type { CheckFailure, PropertyMap } from "@smallstep-ssh/usersync/host";
import { checkInputs, type Inputs } from "../common/inputs";

/** The settings of the official provider that the sandbox needs. */
const inputs: Inputs = {
  kubeconfig: { type: "text" },
  context: { type: "text" },
  cluster: { type: "text" },
  namespace: { type: "text" },
  enableServerSideApply: {
    type: "flag",
    check: (on: boolean) =>
      on ? undefined : "must be true: the stand-in for the kubernetes provider supports only server-side apply.",
  },
  enableConfigMapMutable: { type: "flag" },
  enableSecretMutable: { type: "flag" },
  enablePatchForce: { type: "flag" },
  upsertExistingObjects: { type: "flag" },
  suppressDeprecationWarnings: { type: "flag" },
  suppressHelmHookWarnings: { type: "flag" },
};

/** The part of the package schema that distinguishes strings from booleans in the stack configuration. */
export const schema = {
  name: "kubernetes",
  provider: {
    inputProperties: Object.fromEntries(
      Object.entries(inputs).map(([name, { type }]) => [name, { type: type === "flag" ? "boolean" : "string" }]),
    ),
  },
};

export interface Settings {
  /** Update ConfigMaps in place unless they are immutable, instead of replacing them. */
  enableConfigMapMutable: boolean;
  enableSecretMutable: boolean;
  /** Take over fields of other field managers. */
  enablePatchForce: boolean;
  /** Take over existing objects. */
  upsertExistingObjects: boolean;
}

export function checkSettings(news: PropertyMap): CheckFailure[] {
  return checkInputs(inputs, news, "the kubernetes provider").failures;
}

export function readSettings(given: PropertyMap, env: NodeJS.ProcessEnv): Settings {
  const flag = (name: string, variable: string): boolean => {
    const value = given[name];
    return typeof value === "boolean" ? value : /^(1|t|true|y|yes)$/i.test(env[variable] ?? "");
  };
  return {
    enableConfigMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    enableSecretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    enablePatchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    upsertExistingObjects: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
  };
}

/** Error for a kubeconfig that is missing or lacks the configured context. */
export class KubeconfigError extends Error {
  override readonly name = "KubeconfigError";
}

const neither = "is neither the path nor the content of a kubeconfig";

/**
 * Loads the kubeconfig from a path, from its content or from the default locations, and selects the configured context.
 * @throws KubeconfigError that names the setting
 */
export function readKubeconfig(given: PropertyMap, env: NodeJS.ProcessEnv): { config: KubeConfig; namespace: string } {
  const config = new KubeConfig();
  const kubeconfig = text(given["kubeconfig"]);
  let unreadable: string | undefined;
  try {
    // The SDK passes the variable on unchanged, and it can be a list of files.
    if (kubeconfig === undefined || kubeconfig === env["KUBECONFIG"]) config.loadFromDefault();
    else if (existsSync(expanded(kubeconfig))) config.loadFromFile(expanded(kubeconfig));
    else config.loadFromString(kubeconfig);
    // The path of a missing file is a valid YAML string.
    if (kubeconfig !== undefined && config.getClusters().length === 0) unreadable = neither;
  } catch (error) {
    // Do not use the parser's message or set it as cause, because it quotes the file, which contains credentials.
    const { code } = error as { code?: string };
    unreadable = code === undefined ? neither : `${neither} (${code})`;
  }
  if (unreadable !== undefined) throw new KubeconfigError(`kubeconfig: ${unreadable}.`);
  const context = text(given["context"]);
  if (context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context)) {
      throw new KubeconfigError(
        `context: the kubeconfig has no context "${context}" (known: ${known.join(", ") || "none"}).`,
      );
    }
    config.setCurrentContext(context);
  }
  const current = config.getContextObject(config.getCurrentContext());
  const cluster = text(given["cluster"]);
  if (cluster !== undefined && current !== null) Object.assign(current, { cluster });
  if (config.getCurrentCluster() === null) throw new KubeconfigError("kubeconfig: the current context has no cluster.");
  return { config, namespace: text(given["namespace"]) ?? (current?.namespace || "default") };
}

function text(value: PropertyMap[string]): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function expanded(file: string): string {
  return file === "~" || file.startsWith("~/") ? path.join(homedir(), file.slice(1)) : file;
}
