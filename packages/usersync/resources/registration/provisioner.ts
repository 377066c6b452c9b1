import { boundedList } from "entra-mappings";
import type { PublishedProvisioner } from "../../clients/ca";

/** OIDC provisioner as declared by the program. */
export interface WantedProvisioner {
  name: string;
  clientId: string;
  clientSecret: string;
  configurationEndpoint: string;
  tenantId: string;
  domains: readonly string[];
  listenAddress: string;
}

const publishedNames = {
  clientId: "clientID",
  clientSecret: "clientSecret",
  configurationEndpoint: "configurationEndpoint",
  tenantId: "tenantID",
  listenAddress: "listenAddress",
} as const;

/** Returns the published OIDC provisioner with this name, with our property names; `undefined` if there is none. */
export function findPublishedProvisioner(
  name: string,
  published: readonly PublishedProvisioner[],
): WantedProvisioner | undefined {
  const found = published.find((provisioner) => provisioner["name"] === name && provisioner["type"] === "OIDC");
  if (found === undefined) return undefined;
  const text = (field: keyof typeof publishedNames) => String(found[publishedNames[field]] ?? "");
  const domains = found["domains"];
  return {
    name,
    clientId: text("clientId"),
    clientSecret: text("clientSecret"),
    configurationEndpoint: text("configurationEndpoint"),
    tenantId: text("tenantId"),
    listenAddress: text("listenAddress"),
    domains: Array.isArray(domains) ? domains.map(String) : [],
  };
}

/** Lists the differences without showing the client secret. Empty if the provisioners are equal. */
export function provisionerDifferences(wanted: WantedProvisioner, actual: WantedProvisioner): string[] {
  const found: string[] = [];
  for (const field of ["clientId", "configurationEndpoint", "tenantId", "listenAddress"] as const) {
    if (wanted[field] !== actual[field]) {
      found.push(`${field} is ${JSON.stringify(actual[field])}, expected ${JSON.stringify(wanted[field])}`);
    }
  }
  if (wanted.clientSecret !== actual.clientSecret) found.push("clientSecret differs");
  if (!sameDomains(wanted.domains, actual.domains)) {
    found.push(`domains are ${JSON.stringify(actual.domains)}, expected ${JSON.stringify(wanted.domains)}`);
  }
  return found;
}

/** Compares domains like step-ca: case-insensitive and in any order. */
export function sameDomains(a: readonly string[], b: readonly string[]): boolean {
  const normal = (domains: readonly string[]) => JSON.stringify(domains.map((domain) => domain.toLowerCase()).sort());
  return normal(a) === normal(b);
}

export type Decision =
  | { action: "add" }
  /** The CA already publishes an equal provisioner. */
  | { action: "skip" }
  /**
   * The CA publishes it for the same client with other properties, for example after a rotation of the client secret.
   */
  | { action: "update"; differences: string[] }
  /** Another provisioner has the name. */
  | { action: "conflict"; differences: string[] };

/** Decides how to register a provisioner: add, skip, update, or report a conflict. */
export function planRegistration(wanted: WantedProvisioner, published: readonly PublishedProvisioner[]): Decision {
  const actual = findPublishedProvisioner(wanted.name, published);
  if (actual !== undefined) {
    const found = provisionerDifferences(wanted, actual);
    if (found.length === 0) return { action: "skip" };
    return { action: actual.clientId === wanted.clientId ? "update" : "conflict", differences: found };
  }
  const other = published.find((provisioner) => provisioner["name"] === wanted.name);
  if (other === undefined) return { action: "add" };
  return { action: "conflict", differences: [`type is ${JSON.stringify(other["type"])}, expected "OIDC"`] };
}

/** Formats the error for a name that another provisioner uses. */
export function conflictMessage(name: string, found: readonly string[]): string {
  return (
    `the CA publishes another provisioner "${name}": ${boundedList(found).join("; ")}. ` +
    "Nothing was changed. Remove it with manage-provisioners or choose another provisioner name, then run again"
  );
}
