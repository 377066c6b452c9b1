import * as azuread from "@pulumi/azuread";
import * as kubernetes from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import type { StackSettings } from "../config";
import { Provider as Usersync } from "../provider/sdk";
import type { Credentials } from "./credentials";

/** Of the tenant and the database that the configuration names, so that no other can be meant by accident. */
export interface Providers {
  azuread: azuread.Provider;
  /** By the context of the kubeconfig; undefined: the current one. */
  kubernetes: ReadonlyMap<string | undefined, kubernetes.Provider>;
  postgresql: postgresql.Provider;
  usersync: Usersync;
}

/** Those that ask nobody anything when they are configured: nothing of them fails, whatever the configuration names. */
export function createProviders(
  { tenantId, database, teams }: Pick<StackSettings, "tenantId" | "database" | "teams">,
  credentials: Credentials,
): Omit<Providers, "azuread"> {
  const { host, port, name, username, sslmode, sslRootCert } = database;
  const server = { host, port, username, password: pulumi.secret(database.password), sslmode };
  const contexts = new Set(teams.map(({ settings }) => settings.kubernetes.context));
  return {
    // In the order in which they are waited for: the engine starts one plugin after the other.
    usersync: new Usersync("usersync", {
      tenantId,
      ...(credentials as ConstructorParameters<typeof Usersync>[1]),
      database: { ...server, name, ...(sslRootCert === undefined ? {} : { sslRootCert }) },
    }),
    kubernetes: new Map([...contexts].map((context) => [context, makeKubernetesProvider(context)])),
    postgresql: new postgresql.Provider("folk", {
      ...server,
      database: name,
      superuser: false,
      ...(sslRootCert === undefined ? {} : { sslrootcert: sslRootCert }),
    }),
  };
}

/** Named after its context: what was made in another cluster is made anew in this one. */
function makeKubernetesProvider(context: string | undefined): kubernetes.Provider {
  // The plugin finds the kubeconfig itself. The SDK would write the path of KUBECONFIG into the state, and it differs from machine to
  // machine: a change at each preview.
  const kubeconfig = pulumi.output(undefined) as pulumi.Output<never>;
  return context === undefined
    ? new kubernetes.Provider("kubernetes", { kubeconfig })
    : new kubernetes.Provider(`kubernetes-${context}`, { kubeconfig, context });
}

/** Signs in when it is configured. */
export function createAzureAdProvider(
  { tenantId }: Pick<StackSettings, "tenantId">,
  credentials: Credentials,
): azuread.Provider {
  return new azuread.Provider("azuread", { tenantId, ...(credentials as azuread.ProviderArgs) });
}
