import type { CallContext, PropertyMap } from "../../../provider/host";
import { Api } from "./api";
import { readKubeconfig, readSettings, type Settings } from "./settings";

/** The cluster that a provider manages. Nothing is read or reached before it is needed: a preview may come before the cluster. */
export class Cluster {
  readonly settings: Settings;
  #kubeconfig: ReturnType<typeof readKubeconfig> | undefined;

  constructor(
    private readonly given: PropertyMap,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.settings = readSettings(given, env);
  }

  /** Where objects go that name no namespace. `undefined`: the kubeconfig that says it cannot be read yet. */
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
