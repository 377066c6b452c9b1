import { boundedList } from "entra-mappings";
import { publishedProvisioners, conflictMessage, planRegistration } from "@smallstep-ssh/usersync/clients";
import type { CompareSettings } from "./settings";
import type { StepState } from "./stepState";

/**
 * Step 1: compares the configured provisioner with the published one. Writes `add`, `update` or `skip` for the next container.
 * @throws Error when a different provisioner has the name; the Job does not change it
 */
export async function compare(settings: CompareSettings, files: StepState, log: (line: string) => void): Promise<void> {
  const { caUrl, rootCert, wanted } = settings;
  const published = await publishedProvisioners(caUrl, { rootCert, retries: 5 });
  const decision = planRegistration(wanted, published);
  if (decision.action === "conflict") throw new Error(conflictMessage(wanted.name, decision.differences));
  const lines = {
    skip: `the CA already publishes provisioner "${wanted.name}" as configured: nothing to register`,
    add: `the CA does not publish provisioner "${wanted.name}" yet: the Job registers it`,
    update: `the CA's provisioner "${wanted.name}" differs, so the Job updates it: `,
  };
  const differences = decision.action === "update" ? boundedList(decision.differences).join("; ") : "";
  log(lines[decision.action] + differences);
  await files.writeDecision(decision.action);
}
