import { isIPv6 } from "node:net";
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
  /** Returns the provider of a context of the kubeconfig; undefined stands for the current context. */
  kubernetes: (context: string | undefined) => kubernetes.Provider;
  postgresql: postgresql.Provider;
  usersync: Usersync;
}

/** Creates the providers that open no connection when they are configured, so that none of them can fail before the checks. */
export function createOfflineProviders(
  { tenantId, database, checks, teams }: Pick<StackSettings, "tenantId" | "database" | "checks" | "teams">,
  credentials: Credentials,
): Omit<Providers, "azuread"> {
  const { host, port, name, username, sslmode, sslRootCert } = database;
  const server = { host, port, username, password: pulumi.secret(database.password), sslmode };
  // In the order in which the program waits for them: the engine starts one plugin after the other.
  const usersync = new Usersync("usersync", {
    tenantId,
    ...credentials,
    database: { ...server, name, sslRootCert },
    ...peopleSettings(checks),
  });
  const clusters = new Map<string | undefined, kubernetes.Provider>();
  const clusterOf = (context: string | undefined) => {
    const cluster = clusters.get(context) ?? createKubernetesProvider(context);
    clusters.set(context, cluster);
    return cluster;
  };
  for (const { settings } of teams) clusterOf(settings.kubernetes.context);
  return {
    usersync,
    kubernetes: clusterOf,
    postgresql: new postgresql.Provider("folk", {
      ...server,
      // The plugin puts the host into a URL.
      host: isIPv6(host) ? `[${host}]` : host,
      database: name,
      superuser: false,
      sslrootcert: sslRootCert,
    }),
  };
}

/** Returns the plugin's settings about people. A stack with the default has none. */
function peopleSettings({ people, pseudonymKey }: StackSettings["checks"]) {
  if (people === "names") return {};
  return people === "pseudonyms" ? { people, pseudonymKey } : { people };
}

/** Named after its context, so that a change of the context recreates the objects in the new cluster. */
function createKubernetesProvider(context: string | undefined): kubernetes.Provider {
  return new kubernetes.Provider(context === undefined ? "kubernetes" : `kubernetes-${context}`, {
    // The plugin finds the kubeconfig itself. The SDK would write the path of KUBECONFIG into the state. The path differs between
    // machines, so every preview would report a change.
    kubeconfig: pulumi.output(undefined) as pulumi.Output<never>,
    context,
  });
}

/** Creates the azuread provider, which signs in when it is configured. */
export function createAzureAdProvider(tenantId: string, credentials: Credentials): azuread.Provider {
  return new azuread.Provider("azuread", { tenantId, ...credentials });
}
