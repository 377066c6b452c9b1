import { readGraphSettings, type GraphClient, type RetryTimes } from "@smallstep-ssh/usersync/clients";
import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import type { CallContext, FunctionHandler, Plugin } from "@smallstep-ssh/usersync/host";
import { version } from "@pulumi/azuread/package.json";
import { define } from "../common/define";
import { Api, type PollOptions } from "./api";
import { getClientConfig, getGroup, getServicePrincipal, type Invoke } from "./functions";
import { application } from "./resources/application";
import { applicationFromTemplate } from "./resources/applicationFromTemplate";
import { applicationPassword } from "./resources/applicationPassword";
import { appRoleAssignment } from "./resources/appRoleAssignment";
import { delegatedPermissionGrant } from "./resources/delegatedPermissionGrant";
import { group } from "./resources/group";
import { servicePrincipal } from "./resources/servicePrincipal";
import { synchronizationJob } from "./resources/synchronizationJob";
import { synchronizationSecret } from "./resources/synchronizationSecret";

/** Options for tests, which use shorter waits and their own certificate authority. */
interface AzureadOptions {
  graph?: { trust?: string; times?: RetryTimes; env?: NodeJS.ProcessEnv };
  /**
   * The official provider polls every 5 seconds. The emulator is consistent at once, so the default interval is
   * shorter.
   */
  waits?: PollOptions;
}

/** Returns the API for one call. The first call creates the Graph client. */
type OpenApi = (signal: AbortSignal) => Promise<Api>;

const definitions = [
  application,
  applicationFromTemplate,
  applicationPassword,
  appRoleAssignment,
  delegatedPermissionGrant,
  group,
  servicePrincipal,
  synchronizationJob,
  synchronizationSecret,
];
const functions = { getClientConfig, getGroup, getServicePrincipal };

/**
 * Creates a stand-in for the official `azuread` plugin, for networks where that cannot be downloaded. It has the
 * resource types, functions and inputs that this stack uses, with the requests and quirks of the official plugin.
 */
export function azuread({ graph: options, waits }: AzureadOptions = {}): Plugin<OpenApi> {
  const openApi = (ctx: CallContext<OpenApi>) => ctx.config(ctx.signal);
  const resources = definitions.map((one) => [token(one.name.replace("azuread.", "")), define(one, openApi)]);
  const callable = (call: Invoke): FunctionHandler<OpenApi> => ({
    invoke: async (ctx, args) => call(await openApi(ctx), args),
  });
  return {
    name: "azuread",
    version,
    resources: Object.fromEntries(resources),
    functions: Object.fromEntries(Object.entries(functions).map(([name, call]) => [token(name), callable(call)])),
    checkConfig: async (news) => ({ inputs: news, failures: readGraphSettings(news, {}).failures }),
    configure: async (settings) => {
      let graph: Promise<GraphClient> | undefined;
      return async (signal) => {
        graph ??= openGraph(settings, { ...options, userAgent: "azuread", signal });
        // If the cloud's metadata cannot be read, the next resource tries again.
        graph.catch(() => (graph = undefined));
        return new Api(await graph, waits ?? { everyMs: 100, atMostMs: 300_000 }, signal);
      };
    },
  };
}

/** Returns the token of a resource type or function: `azuread:index/group:Group`. */
function token(name: string): string {
  return `azuread:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
}
