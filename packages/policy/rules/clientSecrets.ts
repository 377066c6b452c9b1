import { UNKNOWN } from "../resource";
import type { ResourceRule } from "../rule";

const dayMs = 24 * 3600 * 1000;

/**
 * Advisory by default: the quickstart's client secret does not expire, and the CA publishes it to every client anyway
 * (RFC 8252, section 8.5). `--policy-pack-config` can make the rule mandatory.
 */
export const clientSecretsEnd: ResourceRule = {
  name: "client-secrets-expire",
  description: "Client secrets expire within a configured number of days.",
  level: "advisory",
  settings: {
    maximumDays: {
      type: "number",
      minimum: 1,
      default: 730,
      description: "Maximum lifetime of a client secret in days. The Azure portal allows at most 24 months.",
    },
  },
  types: ["azuread:index/applicationPassword:ApplicationPassword"],
  check({ props }, settings, now) {
    const { startDate, endDate } = props;
    if (endDate === UNKNOWN) return [];
    if (typeof endDate !== "string" || Number.isNaN(Date.parse(endDate))) {
      return ["endDate is missing: the provider or Entra ID would choose the end date. Set an absolute end date."];
    }
    const start = typeof startDate === "string" ? Date.parse(startDate) : now;
    const maximum = Number(settings["maximumDays"] ?? 730);
    const days = Math.ceil((Date.parse(endDate) - start) / dayMs);
    if (days <= 0) return [`endDate is ${endDate}: the secret has already expired. Set a later date.`];
    if (days <= maximum) return [];
    return [`endDate is ${endDate}, in ${days} days; at most ${maximum} are allowed. Set oidc.clientSecretEndDate.`];
  },
};
