import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";

import type { CheckFailure, PropertyMap } from "../../../provider/host";
import { checkInputs, type Inputs } from "../common";

/** The official provider's settings, as far as the sandbox needs them. */
const inputs: Inputs = {
  kubeconfig: { type: "text" },
  context: { type: "text" },
  cluster: { type: "text" },
  namespace: { type: "text" },
  enableServerSideApply: {
    type: "flag",
    check: (on: boolean) =>
      on ? undefined : "must be true: the sandbox's stand-in of kubernetes knows server-side apply only.",
  },
  enableConfigMapMutable: { type: "flag" },
  enableSecretMutable: { type: "flag" },
  enablePatchForce: { type: "flag" },
  upsertExistingObjects: { type: "flag" },
  suppressDeprecationWarnings: { type: "flag" },
  suppressHelmHookWarnings: { type: "flag" },
};

/** The part of the package's schema that tells text from flags in stack configuration. */
export const schema = {
  name: "kubernetes",
  provider: {
    inputProperties: Object.fromEntries(
      Object.entries(inputs).map(([name, { type }]) => [name, { type: type === "flag" ? "boolean" : "string" }]),
    ),
  },
};

export interface Settings {
  /** Change ConfigMaps in place unless they are immutable, instead of replacing them. */
  enableConfigMapMutable: boolean;
  enableSecretMutable: boolean;
  /** Take over fields that somebody else has set. */
  enablePatchForce: boolean;
  /** Take over objects that exist already. */
  upsertExistingObjects: boolean;
}

export function checkSettings(news: PropertyMap): CheckFailure[] {
  return checkInputs(inputs, news, "kubernetes's settings").failures;
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

/** A kubeconfig that is not there, or has not what the settings name. */
export class KubeconfigError extends Error {
  override readonly name = "KubeconfigError";
}

const neither = "is neither the path nor the content of a kubeconfig";

/**
 * The kubeconfig that settings name: a path, its content, or the usual places, with the context that is to be used as current.
 * @throws KubeconfigError naming the setting
 */
export function readKubeconfig(given: PropertyMap, env: NodeJS.ProcessEnv): { config: KubeConfig; namespace: string } {
  const config = new KubeConfig();
  const kubeconfig = text(given["kubeconfig"]);
  let unreadable: string | undefined;
  try {
    // The SDK hands the variable on as it is, and that may be a list of files.
    if (kubeconfig === undefined || kubeconfig === env["KUBECONFIG"]) config.loadFromDefault();
    else if (existsSync(expanded(kubeconfig))) config.loadFromFile(expanded(kubeconfig));
    else config.loadFromString(kubeconfig);
    // The path of no file is YAML of a kind.
    if (kubeconfig !== undefined && config.getClusters().length === 0) unreadable = neither;
  } catch (error) {
    // Not the parser's words, nor as cause: they quote the file, which holds credentials.
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
  if (config.getCurrentCluster() === null)
    throw new KubeconfigError("kubeconfig: its current context names no cluster.");
  return { config, namespace: text(given["namespace"]) ?? (current?.namespace || "default") };
}

function text(value: PropertyMap[string]): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function expanded(file: string): string {
  return file === "~" || file.startsWith("~/") ? path.join(homedir(), file.slice(1)) : file;
}
