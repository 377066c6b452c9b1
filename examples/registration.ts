/** Declares the Smallstep resources only, for an existing app registration and an existing directory. */
import * as kubernetes from "@pulumi/kubernetes";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { oidcConfigurationEndpoint, scimTenantUrl, Registration } from "@smallstep-ssh/components";
import { Provider } from "@smallstep-ssh/usersync";

const tenantId = "5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001";
const directoryId = "1f3c1c4e-0e0b-4a55-8f0e-1d7e4a1b2c3d";

export = () => {
  const config = new pulumi.Config();
  const database = {
    host: "folk.example.com",
    username: "deployer",
    password: config.requireSecret("databasePassword"),
  };
  const registration = new Registration(
    "registration",
    {
      team: { slug: "acme", directoryId },
      ca: { url: "https://ssh.acme.ca.example.com", authorityId: "0d4f3a52-6a0e-4b70-9d1c-3c1f6f2a7b11" },
      provisioner: {
        name: "azuread",
        clientId: "9a1c3a70-0c0c-4bbf-9bb0-7b1b5f1f9d10",
        clientSecret: config.requireSecret("clientSecret"),
        configurationEndpoint: oidcConfigurationEndpoint(tenantId),
        tenantId,
        domains: ["example.com"],
        listenAddress: "127.0.0.1:10000",
      },
      scim: {
        tenantUrl: scimTenantUrl("https://scim.example.com", directoryId),
        token: config.requireSecret("scimToken"),
        minimumUsers: 10,
      },
      database: { host: "folk.smallstep.svc" },
      kubernetes: { namespace: "smallstep", adminToolsImage: "registry.example.com/smallstep/admin-tools:1.2.3" },
      waitForJob: true,
    },
    {
      providers: {
        kubernetes: new kubernetes.Provider("cluster", { context: "smallstep" }),
        postgresql: new postgresql.Provider("folk", { ...database, superuser: false }),
        usersync: new Provider("usersync", { database }),
      },
    },
  );
  return { job: registration.jobName, before: registration.previousDirectoryId };
};
