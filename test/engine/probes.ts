import type { GraphEmulator } from "../../sandbox/graph";
import { send } from "../../sandbox/graph/testing";
import type { Smallstep } from "../../sandbox/smallstep";
import { signUser } from "../../sandbox/smallstep/ca/step-ca";
import type { Authority } from "../../sandbox/tls";

interface Place {
  graph: GraphEmulator;
  smallstep: Smallstep;
  authority: Authority;
}

/**
 * Logs in as `step ssh login` does: the client that the CA publishes, its secret at Entra's token endpoint, the ID token, and the
 * certificate where the CA is step-ca.
 * @returns what failed; undefined when it worked
 */
export async function login({ graph, smallstep, authority }: Place, provisioner: string): Promise<string | undefined> {
  const published = await send(authority.caPem, "GET", `${smallstep.ca.url}/provisioners?limit=100`);
  const list = published.body.provisioners as Record<string, string>[];
  const found = list.find(({ name }) => name === provisioner);
  if (found === undefined) return "the CA does not publish the provisioner";
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: found["clientID"]!,
    client_secret: found["clientSecret"]!,
    scope: `${graph.url}/.default`,
  });
  const token = await send(authority.caPem, "POST", `${graph.url}/${graph.tenantId}/oauth2/v2.0/token`, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  if (token.status !== 200) return `Entra refuses the client secret: ${JSON.stringify(token.body)}`;
  if (smallstep.ca.kind !== "step-ca") return undefined;
  const idToken = await graph.idToken("ada.lovelace@corp.com", found["clientID"]!);
  const signed = await signUser({ url: smallstep.ca.url, rootCert: authority.caPem }, idToken);
  return signed.status === 201 ? undefined : `the CA answers ${signed.status}`;
}

/** Changes a person, and lets Entra provision it: each cycle talks to the SCIM server with the saved token. */
export async function cycle({ graph }: Place): Promise<string | undefined> {
  graph.state.updateUser("ada.lovelace@corp.com", { displayName: `Ada Lovelace ${Math.random()}` });
  const { jobs, failed } = await graph.runCycle();
  const quarantined = jobs.filter(({ quarantine }) => quarantine !== null);
  if (failed === 0 && quarantined.length === 0) return undefined;
  return `${failed} failed, in quarantine: ${quarantined.map(({ quarantine }) => quarantine?.error?.message).join("; ")}`;
}

/** Nothing that a rotation does: this machine is too busy to answer. */
const unanswered = /no answer within|could not be reached: (read ECONNRESET|.*timed? ?out)|ECONNRESET|ETIMEDOUT/;

/** Looks again and again while something is done; what was refused, and how often there was an answer. */
export async function throughout<T>(
  work: Promise<T>,
  looks: Record<string, () => Promise<string | undefined>>,
): Promise<{ result: T; failures: string[]; counts: Record<string, number> }> {
  let ended = false;
  const failures: string[] = [];
  const counts: Record<string, number> = {};
  const watching = Object.entries(looks).map(async ([name, look]) => {
    for (counts[name] = 0; !ended || counts[name] < 2;) {
      const failure = await look().catch((error: unknown) => String(error));
      if (failure === undefined || !unanswered.test(failure)) counts[name]++;
      if (failure !== undefined && !unanswered.test(failure))
        failures.push(`${name}, look ${counts[name]}: ${failure}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  const result = await work.finally(() => (ended = true));
  await Promise.all(watching);
  return { result, failures, counts };
}
