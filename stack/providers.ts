import * as azuread from "@pulumi/azuread";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import type { StackSettings } from "../config";
import { Provider as Usersync } from "../provider/sdk";
import type { Credentials } from "./credentials";

export interface Providers {
  azuread: azuread.Provider;
  postgresql: postgresql.Provider;
  usersync: Usersync;
}

/** Providers of the tenant and the database that the configuration names, so that no other can be meant by accident. */
export function makeProviders(settings: Pick<StackSettings, "tenantId" | "folk">, credentials: Credentials): Providers {
  const { tenantId, folk } = settings;
  const password = pulumi.secret(folk.password);
  return {
    azuread: new azuread.Provider("azuread", { tenantId, ...(credentials as azuread.ProviderArgs) }),
    postgresql: new postgresql.Provider("folk", {
      host: folk.host,
      port: folk.port,
      database: folk.database,
      username: folk.username,
      password,
      sslmode: folk.sslmode,
      superuser: false,
      ...(folk.sslRootCert === undefined ? {} : { sslrootcert: folk.sslRootCert }),
    }),
    usersync: new Usersync("usersync", {
      tenantId,
      ...(credentials as ConstructorParameters<typeof Usersync>[1]),
      folk: {
        host: folk.host,
        port: folk.port,
        database: folk.database,
        username: folk.username,
        password,
        sslmode: folk.sslmode,
        ...(folk.sslRootCert === undefined ? {} : { sslRootCert: folk.sslRootCert }),
      },
    }),
  };
}
