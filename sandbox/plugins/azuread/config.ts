import type { GraphClient, GraphSettings } from "../../../provider/graph";
import type { CallContext, ResourceHandler } from "../../../provider/host";
import { define, type Definition } from "../common/define";
import { Api } from "./api";
import type { PollOptions } from "./waits";

/** What the plugin's resources and functions are called with. */
export interface AzureadConfig {
  /** The client for Microsoft Graph, made when first needed. */
  graph(signal: AbortSignal): Promise<GraphClient>;
  settings: GraphSettings;
  waits: PollOptions;
}

export async function openApi(ctx: CallContext<AzureadConfig>): Promise<Api> {
  const { graph, settings, waits } = ctx.config;
  return new Api(await graph(ctx.signal), settings.clientId, waits, ctx.signal);
}

export function resource(definition: Definition<Api>): ResourceHandler<AzureadConfig> {
  return define(definition, openApi);
}
