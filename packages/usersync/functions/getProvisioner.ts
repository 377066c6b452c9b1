import * as z from "zod/mini";

import { publishedProvisioners } from "../clients/ca";
import { clientSecrets } from "../clients/graph/applications";
import { GraphError } from "../clients/graph/errors";
import { defineFunction } from "../host/define";
import { property } from "../host/properties";
import type { CallContext } from "../host/types";
import type { EntraConfig } from "../resources/entraConfig";
import { findPublishedProvisioner } from "../resources/registration/provisioner";

export const getProvisioner = defineFunction({
  token: "usersync:smallstep:getProvisioner",
  description: "Reads the client of an OIDC provisioner that a CA publishes.",
  inputs: {
    caUrl: property("Address of the CA.", z.string()),
    caRootCert: property("PEM root certificate of the CA. Default: the public roots.", z.optional(z.string())),
    name: property("Name of the provisioner.", z.string()),
  },
  outputs: {
    clientId: property("Client id. Absent if the CA publishes no such provisioner.", z.optional(z.string())),
    clientSecret: property("Client secret.", z.optional(z.string()), { secret: true }),
    clientSecretNames: property(
      "Display names of the application's secrets in Entra ID that can be that secret: Graph returns only the first characters.",
      z.array(z.string()),
    ),
  },

  async invoke(ctx: CallContext<EntraConfig>, { caUrl, caRootCert, name }) {
    const published = await publishedProvisioners(caUrl, { rootCert: caRootCert, signal: ctx.signal });
    const { clientId, clientSecret } = findPublishedProvisioner(name, published) ?? {};
    const answer = { clientId, clientSecret, clientSecretNames: [] };
    if (clientId === undefined || !clientSecret) return answer;
    try {
      const secrets = (await clientSecrets(await ctx.config.graph(ctx.signal), clientId)) ?? [];
      const found = secrets.filter(({ hint }) => hint != null && hint !== "" && clientSecret.startsWith(hint));
      return { ...answer, clientSecretNames: found.flatMap(({ displayName }) => displayName ?? []) };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      return answer;
    }
  },
});
