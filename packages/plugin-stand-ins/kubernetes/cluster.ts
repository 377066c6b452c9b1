import type { CallContext, PropertyMap } from "@smallstep-ssh/usersync/host";
import { Api } from "./api";
import { readKubeconfig, readSettings, type Settings } from "./settings";

/**
 * The cluster that a provider manages. It reads the kubeconfig and connects only on first use, because a preview can
 * run before the cluster exists.
 */
export class Cluster {
  readonly settings: Settings;
  #kubeconfig: ReturnType<typeof readKubeconfig> | undefined;

  constructor(
    private readonly given: PropertyMap,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.settings = readSettings(given, env);
  }

  /** Namespace of objects without one. `undefined` if the kubeconfig cannot be read yet. */
  get defaultNamespace(): string | undefined {
    try {
      return this.kubeconfig.namespace;
    } catch {
      return undefined;
    }
  }

  api(ctx: CallContext<Cluster>): Api {
    return new Api(this.kubeconfig.config, (message) => ctx.log("warning", message), ctx.signal);
  }

  private get kubeconfig(): ReturnType<typeof readKubeconfig> {
    this.#kubeconfig ??= readKubeconfig(this.given, this.env);
    return this.#kubeconfig;
  }
}
