import * as z from "zod/mini";

import { publishedProvisioners } from "../clients/ca";
import { defineFunction } from "../host/define";
import { property } from "../host/properties";
import type { CallContext } from "../host/types";
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
  },

  async invoke(ctx: CallContext<unknown>, { caUrl, caRootCert, name }) {
    const published = await publishedProvisioners(caUrl, { rootCert: caRootCert, signal: ctx.signal });
    const { clientId, clientSecret } = findPublishedProvisioner(name, published) ?? {};
    return { clientId, clientSecret };
  },
});
