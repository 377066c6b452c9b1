import type { GraphEmulator, Authority } from "entra-emulator";
import { send } from "entra-emulator/testing";
import { type Smallstep, signUser } from "@smallstep-ssh/sandbox";

interface ProbeLocation {
  graph: GraphEmulator;
  smallstep: Smallstep;
  authority: Authority;
}

/**
 * Logs in as `step ssh login` does: reads the client from the CA, sends its secret to Entra's token endpoint, gets an
 * ID token, and, if the CA is step-ca, requests a certificate.
 * @returns the failure, or `undefined` if the login succeeded
 */
export async function login(
  { graph, smallstep, authority }: ProbeLocation,
  provisioner: string,
): Promise<string | undefined> {
  const published = await send(authority.caPem, "GET", `${smallstep.ca.url}/provisioners?limit=100`);
  const list = published.body.provisioners as Record<string, string>[];
  const found = list.find(({ name }) => name === provisioner);
  if (found === undefined) return "The CA does not publish the provisioner.";
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
  if (token.status !== 200) return `Entra rejects the client secret: ${JSON.stringify(token.body)}`;
  if (smallstep.ca.kind !== "step-ca") return undefined;
  const idToken = await graph.idToken("ada.lovelace@corp.com", found["clientID"]!);
  const certificate = await signUser({ url: smallstep.ca.url, rootCert: authority.caPem }, idToken);
  return certificate.status === 201 ? undefined : `The CA returns HTTP ${certificate.status}.`;
}

/**
 * Changes a user and runs a provisioning cycle, which sends the saved token to the SCIM server.
 * @returns the failure, or `undefined`
 */
export async function cycle({ graph }: ProbeLocation): Promise<string | undefined> {
  graph.state.updateUser("ada.lovelace@corp.com", { displayName: `Ada Lovelace ${Math.random()}` });
  const { jobs, failed } = await graph.runCycle();
  const quarantined = jobs.filter(({ quarantine }) => quarantine !== null);
  if (failed === 0 && quarantined.length === 0) return undefined;
  return `${failed} failed, in quarantine: ${quarantined.map(({ quarantine }) => quarantine?.error?.message).join("; ")}`;
}

/** Errors of an overloaded machine. A rotation does not cause them. */
const unanswered =
  /no (answer|response) within|could not be reached: (read ECONNRESET|.*timed? ?out)|ECONNRESET|ETIMEDOUT/;

/**
 * Runs the probes repeatedly while `work` runs. Returns the failures and the number of runs of each probe that got a
 * response.
 */
export async function throughout<T>(
  work: Promise<T>,
  probes: Record<string, () => Promise<string | undefined>>,
): Promise<{ result: T; failures: string[]; counts: Record<string, number> }> {
  let ended = false;
  const failures: string[] = [];
  const counts: Record<string, number> = {};
  const watching = Object.entries(probes).map(async ([name, probe]) => {
    for (counts[name] = 0; !ended || counts[name] < 2;) {
      const failure = await probe().catch((error: unknown) => String(error));
      if (failure === undefined || !unanswered.test(failure)) counts[name]++;
      if (failure !== undefined && !unanswered.test(failure)) failures.push(`${name}, run ${counts[name]}: ${failure}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  const result = await work.finally(() => (ended = true));
  await Promise.all(watching);
  return { result, failures, counts };
}
