import { boundedList } from "entra-mappings";
import { conflictMessage, planRegistration, publishedProvisioners } from "@smallstep-ssh/usersync/clients";
import { retryUntil, type Clock } from "./retryUntil";
import type { CompareSettings } from "./settings";
import type { StepState } from "./stepState";
import { describeOutputTail } from "./toolOutputTail";

/** How long the CA may take to publish an added provisioner. */
const publishTimeoutSeconds = 120;
/** After a failure of the tool, only another Job can still add the provisioner. */
const publishTimeoutAfterFailureSeconds = 2;

/**
 * Step 3: verifies that the CA publishes the provisioner, regardless of the exit code of `manage-provisioners`: the tool may succeed
 * without effect, or fail because another process has registered the same provisioner. Without the provisioner no user could log in.
 * @throws Error with the last output of the tool when the CA does not publish the provisioner in time; the team is then not switched
 */
export async function verifyProvisioner(
  settings: CompareSettings,
  files: StepState,
  log: (line: string) => void,
  clock?: Clock,
): Promise<void> {
  const { caUrl, rootCert, wanted } = settings;
  const tool = await files.registration();
  const outputTail = tool === undefined ? "" : describeOutputTail(tool.output);
  const ended =
    tool === undefined
      ? "manage-provisioners did not run"
      : tool.timedOut
        ? `manage-provisioners did not finish in time and was stopped${outputTail}`
        : `manage-provisioners ended with exit code ${tool.exitCode}${outputTail}`;
  if (tool !== undefined) log(ended);
  const timeoutSeconds = tool?.exitCode === 0 ? publishTimeoutSeconds : publishTimeoutAfterFailureSeconds;
  const reason = await retryUntil(timeoutSeconds, attempt, undefined, clock);
  if (reason === undefined) return log(`the CA publishes provisioner "${wanted.name}" as configured`);
  throw new Error(
    `${ended}, and ${reason} after ${timeoutSeconds} s. The team was not switched, so no user is locked out. ` +
      "Check the tool's output and whether the CA must reload its provisioners (refresh-authority), then run again",
  );

  async function attempt(): Promise<string | undefined> {
    const decision = planRegistration(wanted, await publishedProvisioners(caUrl, { rootCert, retries: 0 }));
    switch (decision.action) {
      case "skip":
        return undefined;
      case "conflict":
        throw new Error(conflictMessage(wanted.name, decision.differences));
      case "update":
        return `the CA still publishes provisioner "${wanted.name}" unchanged: ${boundedList(decision.differences).join("; ")}`;
      case "add":
        return `the CA does not publish provisioner "${wanted.name}"`;
    }
  }
}
