import * as pulumi from "@pulumi/pulumi";

import { providerSettings } from "../settings";
import { version } from "../version";
import { type ArgumentsOfShape, markSecrets } from "./declared";

export type ProviderArgs = ArgumentsOfShape<typeof providerSettings>;

/** The `usersync` provider: features that @pulumi/azuread lacks, and Smallstep's team registration. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    super("usersync", name, markSecrets(providerSettings, args), pulumi.mergeOptions({ version }, options));
  }
}
