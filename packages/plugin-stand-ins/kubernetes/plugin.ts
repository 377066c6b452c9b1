import { KubeConfig } from "@kubernetes/client-node";
import type { Plugin } from "@smallstep-ssh/usersync/host";
import { version } from "@pulumi/kubernetes/package.json";
import { checkInputs, settingsSchema, type Inputs } from "../common/inputs";
import { Api } from "./api";
import { handlerOf, type Context } from "./handler";

/** The settings of the official provider that the stack uses. */
const settings: Inputs = {
  /** Path of a kubeconfig. Default: the standard locations. */
  kubeconfig: { type: "string" },
  context: { type: "string" },
};

/**
 * Creates a stand-in for the official `kubernetes` plugin, for networks where that cannot be downloaded. It has the
 * kinds of objects that this stack uses, with the ids, field managers, replacements and waits of the official plugin.
 */
export function kubernetes(): Plugin<Context> {
  return {
    name: "kubernetes",
    version,
    schema: settingsSchema("kubernetes", version, settings),
    resources: {
      "kubernetes:core/v1:ConfigMap": handlerOf({ apiVersion: "v1", kind: "ConfigMap", replaceOn: ["data"] }),
      "kubernetes:core/v1:Secret": handlerOf({
        apiVersion: "v1",
        kind: "Secret",
        replaceOn: ["type", "stringData"],
        secretOutputs: ["data", "stringData"],
      }),
      "kubernetes:batch/v1:Job": handlerOf({ apiVersion: "batch/v1", kind: "Job", replaceOn: ["spec.template"] }),
    },
    checkConfig: async (news) => ({ ...checkInputs(settings, news, "the kubernetes provider"), inputs: news }),
    configure: async ({ kubeconfig, context }) => {
      let loaded: KubeConfig | undefined;
      // Only on first use, because a preview can run before the cluster exists.
      return { api: (signal) => new Api((loaded ??= load(kubeconfig, context)), signal) };
    },
  };
}

/** Loads the kubeconfig and selects the configured context. */
function load(kubeconfig: unknown, context: unknown): KubeConfig {
  const config = new KubeConfig();
  try {
    // The SDK passes the variable on unchanged, and it can be a list of files.
    if (typeof kubeconfig !== "string" || kubeconfig === process.env["KUBECONFIG"]) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const { code = "invalid YAML" } = error as { code?: string };
    // eslint-disable-next-line preserve-caught-error -- the parser's message quotes the file, which contains credentials
    throw new Error(`kubeconfig: the file cannot be read (${code}).`);
  }
  if (typeof context === "string") {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context)) {
      throw new Error(`context: the kubeconfig has no context "${context}" (known: ${known.join(", ") || "none"}).`);
    }
    config.setCurrentContext(context);
  }
  if (config.getCurrentCluster() === null) throw new Error("kubeconfig: the current context has no cluster.");
  return config;
}
