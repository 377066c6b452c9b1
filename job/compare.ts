import { publishedProvisioners } from "../provider/smallstep/ca";
import { withRetry } from "../provider/smallstep/http";
import { conflictMessage, planRegistration, type Decision } from "../provider/smallstep/provisioner";
import type { CompareSettings } from "./settings";
import type { StepState } from "./workFiles";

/**
 * Step 1: whether the CA lacks the provisioner, or has an older state of it. Leaves `add`, `update` or `skip` for the next container.
 * @throws Error in words when another provisioner has the name: it is left alone
 */
export async function compare(settings: CompareSettings, files: StepState, log: (line: string) => void): Promise<void> {
  const { caUrl, rootCert, wanted } = settings;
  const published = await withRetry(() => publishedProvisioners(caUrl, { rootCert }), {
    attempts: 6,
    firstWaitMs: 1000,
  });
  const decision = planRegistration(wanted, published);
  if (decision.action === "conflict") throw new Error(conflictMessage(wanted.name, decision.differences));
  const lines = {
    skip: `the CA publishes provisioner "${wanted.name}" already, as wanted: nothing to register`,
    add: `the CA does not publish provisioner "${wanted.name}" yet: it will be registered`,
    update: `the CA's provisioner "${wanted.name}" will be changed in place: ${differencesOf(decision)}`,
  };
  log(lines[decision.action]);
  await files.writeDecision(decision.action);
}

function differencesOf(decision: Decision): string {
  return "differences" in decision ? decision.differences.join("; ") : "";
}
