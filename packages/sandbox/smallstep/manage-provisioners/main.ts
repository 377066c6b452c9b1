// Replaces the program of the same name in Smallstep's admin-tools image. It reads ADMIN_URL and ADMIN_TOKEN of the CA, and
// NODE_EXTRA_CA_CERTS, from its environment.
import { readArguments, usage, UsageError, type Wanted } from "./arguments";

async function main(): Promise<number> {
  try {
    const wanted = readArguments(process.argv.slice(2));
    const { verb, authority, provisioner } = wanted;
    await checkDiscovery(provisioner.configurationEndpoint);
    await send(wanted);
    console.log(`${verb === "add" ? "Added" : "Updated"} provisioner "${provisioner.name}" to authority ${authority}.`);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(`manage-provisioners: ${(error as Error).message}${isUsage ? `\n${usage}` : ""}`);
    return isUsage ? 2 : 1;
  }
}

/** Fetches the OpenID configuration and its keys. step-ca also fetches both to load the provisioner, and rejects it on failure. */
async function checkDiscovery(endpoint: string): Promise<void> {
  const suffix = "/.well-known/openid-configuration";
  const url = new URL(endpoint);
  if (!url.pathname.includes(suffix)) url.pathname = url.pathname.replace(/\/*$/, suffix);
  const document = await getJson(url.href);
  if (!document["issuer"] || typeof document["jwks_uri"] !== "string") {
    throw new Error(`${url.href} is not an OpenID configuration: issuer and jwks_uri are required`);
  }
  const { keys } = await getJson(document["jwks_uri"]);
  if (!Array.isArray(keys) || keys.length === 0) throw new Error(`${document["jwks_uri"]} has no keys`);
}

async function send({ verb, authority, provisioner }: Wanted): Promise<void> {
  const { ADMIN_URL = "", ADMIN_TOKEN = "" } = process.env;
  const url = `${ADMIN_URL}/authorities/${encodeURIComponent(authority)}/provisioners`;
  const answer = await reach(url, {
    method: verb === "add" ? "POST" : "PUT",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(provisioner),
  });
  if (answer.ok) return;
  const { message } = (await answer.json().catch(() => ({}))) as { message?: string };
  throw new Error(`error on ${verb} of provisioner: ${message ?? `the CA returned ${answer.status}`}`);
}

async function getJson(url: string): Promise<Record<string, unknown>> {
  const answer = await reach(url);
  if (answer.status !== 200) throw new Error(`error fetching ${url}: ${answer.status} ${answer.statusText}`);
  const document = (await answer.json().catch(() => undefined)) as Record<string, unknown> | undefined;
  if (document === undefined || document === null) throw new Error(`error fetching ${url}: the response is not JSON`);
  return document;
}

async function reach(url: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    throw new Error(`error reaching ${url}: ${cause?.code ?? cause?.message ?? message}`, { cause: error });
  }
}

void main().then((code) => process.exit(code));
