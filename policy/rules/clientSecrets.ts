import { UNKNOWN } from "../resource";
import type { ResourceRule } from "../rule";

const dayMs = 24 * 3600 * 1000;

/**
 * The quickstart's client secret never ends, as the CA publishes it anyway (RFC 8252, section 8.5); hence advice only, until
 * somebody makes it mandatory.
 */
export const clientSecretsEnd: ResourceRule = {
  name: "client-secrets-expire",
  description: "Client secrets end within a time that is set.",
  level: "advisory",
  settings: {
    maximumDays: {
      type: "number",
      minimum: 1,
      default: 730,
      description: "Longest life of a client secret, in days. The portal's longest is 24 months.",
    },
  },
  types: ["azuread:index/applicationPassword:ApplicationPassword"],
  check({ props }, settings, now) {
    const { startDate, endDate } = props;
    if (endDate === UNKNOWN) return [];
    if (typeof endDate !== "string" || Number.isNaN(Date.parse(endDate))) {
      return ["endDate is missing: the secret would end when the provider or Entra ID sees fit."];
    }
    const start = typeof startDate === "string" ? Date.parse(startDate) : now;
    const maximum = Number(settings["maximumDays"] ?? 730);
    const days = Math.ceil((Date.parse(endDate) - start) / dayMs);
    if (days <= 0) return [`endDate is ${endDate}: the secret has ended already.`];
    if (days <= maximum) return [];
    return [`endDate is ${endDate}, ${days} days on; at most ${maximum} are allowed. Set oidc.clientSecretEndDate.`];
  },
};
