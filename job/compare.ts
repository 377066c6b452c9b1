import { publishedProvisioners } from "../provider/smallstep/ca";
import { persistently } from "../provider/smallstep/http";
import { conflict, decide, type Decision } from "../provider/smallstep/provisioner";
import type { CompareSettings } from "./settings";
import type { WorkFiles } from "./workFiles";

/**
 * Step 1: whether the CA lacks the provisioner, or has an older state of it. Leaves `add`, `update` or `skip` for the next container.
 * @throws Error in words when another provisioner has the name: it is left alone
 */
export async function compare(settings: CompareSettings, files: WorkFiles, log: (line: string) => void): Promise<void> {
  const { caUrl, rootCert, wanted } = settings;
  const published = await persistently(() => publishedProvisioners(caUrl, { rootCert }), {
    attempts: 6,
    firstWaitMs: 1000,
  });
  const decision = decide(wanted, published);
  if (decision.action === "conflict") throw new Error(conflict(wanted.name, decision.differences));
  const lines = {
    skip: `the CA publishes provisioner "${wanted.name}" already, as wanted: nothing to register`,
    add: `the CA does not publish provisioner "${wanted.name}" yet: it will be registered`,
    update: `the CA's provisioner "${wanted.name}" will be changed in place: ${differencesOf(decision)}`,
  };
  log(lines[decision.action]);
  await files.decide(decision.action);
}

function differencesOf(decision: Decision): string {
  return "differences" in decision ? decision.differences.join("; ") : "";
}
