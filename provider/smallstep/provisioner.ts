/** An OIDC provisioner as it is wanted at the CA. */
export interface WantedProvisioner {
  name: string;
  clientId: string;
  clientSecret: string;
  configurationEndpoint: string;
  tenantId: string;
  domains: readonly string[];
  listenAddress: string;
}

/** What the CA publishes, by step-ca's names (authority/provisioner/oidc.go). */
export type PublishedProvisioner = Readonly<Record<string, unknown>>;

const publishedNames = {
  clientId: "clientID",
  clientSecret: "clientSecret",
  configurationEndpoint: "configurationEndpoint",
  tenantId: "tenantID",
  listenAddress: "listenAddress",
} as const;

/** A published provisioner by our names; `undefined` where it is not an OIDC one of that name. */
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

/** What differs, in words that never hold the client secret; empty when the two are the same. */
export function differences(wanted: WantedProvisioner, actual: WantedProvisioner): string[] {
  const found: string[] = [];
  for (const field of ["clientId", "configurationEndpoint", "tenantId", "listenAddress"] as const) {
    if (wanted[field] !== actual[field]) {
      found.push(`${field} is ${JSON.stringify(actual[field])}, wanted ${JSON.stringify(wanted[field])}`);
    }
  }
  if (wanted.clientSecret !== actual.clientSecret) found.push("clientSecret is another");
  if (!sameDomains(wanted.domains, actual.domains)) {
    found.push(`domains are ${JSON.stringify(actual.domains)}, wanted ${JSON.stringify(wanted.domains)}`);
  }
  return found;
}

/** step-ca compares domains without case, and in no order. */
export function sameDomains(a: readonly string[], b: readonly string[]): boolean {
  const normal = (domains: readonly string[]) => JSON.stringify(domains.map((domain) => domain.toLowerCase()).sort());
  return normal(a) === normal(b);
}

export type Decision =
  | { action: "add" }
  /** The CA publishes the same already. */
  | { action: "skip" }
  /** It is there, for the same client, but something of it is another: after a rotation of the client secret. */
  | { action: "update"; differences: string[] }
  /** Another provisioner has the name. */
  | { action: "conflict"; differences: string[] };

/** What is to be done with a provisioner: nothing when the same is there, and nothing can be when another has its name. */
export function planRegistration(wanted: WantedProvisioner, published: readonly PublishedProvisioner[]): Decision {
  const actual = findPublishedProvisioner(wanted.name, published);
  if (actual !== undefined) {
    const found = differences(wanted, actual);
    if (found.length === 0) return { action: "skip" };
    return { action: actual.clientId === wanted.clientId ? "update" : "conflict", differences: found };
  }
  const other = published.find((provisioner) => provisioner["name"] === wanted.name);
  if (other === undefined) return { action: "add" };
  return { action: "conflict", differences: [`type is ${JSON.stringify(other["type"])}, wanted "OIDC"`] };
}

/** Why a provisioner is not touched that has the wanted name and is another. */
export function conflictMessage(name: string, found: readonly string[]): string {
  return (
    `the CA publishes another provisioner "${name}": ${found.join("; ")}. ` +
    "Remove it with manage-provisioners, or choose another provisioner name, and run again; nothing was changed"
  );
}
