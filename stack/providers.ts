import * as azuread from "@pulumi/azuread";
import * as kubernetes from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { Provider as Usersync } from "@smallstep-ssh/usersync";
import type { StackSettings } from "./config/teams";
import type { Credentials } from "./credentials";

/** Explicit providers for the configured tenant and database, so that ambient settings cannot select another one by accident. */
export interface Providers {
  azuread: azuread.Provider;
  /** By context of the kubeconfig. The key undefined stands for the current context. */
  kubernetes: ReadonlyMap<string | undefined, kubernetes.Provider>;
  postgresql: postgresql.Provider;
  usersync: Usersync;
}

/** Creates the providers that open no connection when they are configured, so that none of them can fail before the checks. */
export function createProviders(
  { tenantId, database, teams }: Pick<StackSettings, "tenantId" | "database" | "teams">,
  credentials: Credentials,
): Omit<Providers, "azuread"> {
  const { host, port, name, username, sslmode, sslRootCert } = database;
  const server = { host, port, username, password: pulumi.secret(database.password), sslmode };
  const contexts = new Set(teams.map(({ settings }) => settings.kubernetes.context));
  return {
    // In the order in which the program waits for them: the engine starts one plugin after the other.
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

/** Named after its context, so that a change of the context recreates the objects in the new cluster. */
function makeKubernetesProvider(context: string | undefined): kubernetes.Provider {
  // The plugin finds the kubeconfig itself. The SDK would write the path of KUBECONFIG into the state. The path differs between
  // machines, so every preview would report a change.
  const kubeconfig = pulumi.output(undefined) as pulumi.Output<never>;
  return context === undefined
    ? new kubernetes.Provider("kubernetes", { kubeconfig })
    : new kubernetes.Provider(`kubernetes-${context}`, { kubeconfig, context });
}

/** Creates the azuread provider, which signs in when it is configured. */
export function createAzureAdProvider(
  { tenantId }: Pick<StackSettings, "tenantId">,
  credentials: Credentials,
): azuread.Provider {
  return new azuread.Provider("azuread", { tenantId, ...(credentials as azuread.ProviderArgs) });
}
