import type { GraphClient, GraphSettings } from "@smallstep-ssh/usersync/clients";
import type { CallContext, ResourceHandler } from "@smallstep-ssh/usersync/host";
import { define, type Definition } from "../common/define";
import { Api } from "./api";
import type { PollOptions } from "./waits";

/** Context of the plugin's resources and functions. */
export interface AzureadConfig {
  /** Returns the Microsoft Graph client. The first call creates it. */
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
