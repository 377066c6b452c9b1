import { list, map } from "../resource";
import type { ResourceRule } from "../rule";

const manyTenants = /\/(common|organizations|consumers)\//i;
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/;

export const singleTenant: ResourceRule = {
  name: "single-tenant",
  description: "Only users of this tenant can sign in.",
  level: "mandatory",
  types: ["azuread:index/application:Application", "usersync:smallstep:Registration"],
  check({ type, props }) {
    if (type === "azuread:index/application:Application") {
      const { signInAudience = "AzureADMyOrg" } = props;
      if (typeof signInAudience !== "string" || signInAudience === "AzureADMyOrg") return [];
      return [`signInAudience is ${signInAudience}: users of other tenants could sign in. It must be AzureADMyOrg.`];
    }
    const { configurationEndpoint, tenantId } = map(props["provisioner"]);
    if (typeof configurationEndpoint !== "string") return [];
    if (manyTenants.test(configurationEndpoint)) {
      return [
        `provisioner.configurationEndpoint is ${configurationEndpoint}: the CA would trust users of every tenant. ` +
          "Use the endpoint of one tenant.",
      ];
    }
    if (typeof tenantId !== "string" || configurationEndpoint.toLowerCase().includes(`/${tenantId.toLowerCase()}/`))
      return [];
    return [
      `provisioner.configurationEndpoint is ${configurationEndpoint}: it is not the endpoint of the tenant ${tenantId}.`,
    ];
  },
};

export const redirectsToLoopback: ResourceRule = {
  name: "loopback-redirects-only",
  description: "Sign-in redirects to the user's own machine only (RFC 8252, section 7.3).",
  level: "mandatory",
  types: ["azuread:index/application:Application"],
  check({ props }) {
    const places = ["publicClient", "web", "singlePageApplication"];
    return places.flatMap((place) =>
      list(map(props[place])["redirectUris"]).flatMap((uri, index) =>
        typeof uri !== "string" || loopback.test(uri)
          ? []
          : [
              `${place}.redirectUris[${index}] is ${uri}: the owner of that address could receive users' tokens. ` +
                "Use a loopback address.",
            ],
      ),
    );
  },
};
