import {
  publishedProvisioners,
  HttpError,
  conflictMessage,
  planRegistration,
  type Decision,
} from "@smallstep-ssh/usersync/clients";
import type { CompareSettings } from "./settings";
import { realClock, type Clock } from "./clock";
import { describeOutputTail } from "./toolOutputTail";
import type { StepState } from "./stepState";

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
  clock: Clock = realClock,
): Promise<void> {
  const { caUrl, rootCert, wanted } = settings;
  const tool = await files.registration();
  const outputTail = tool === undefined ? "" : describeOutputTail(tool.output, [wanted.clientSecret]);
  const ended =
    tool === undefined
      ? "manage-provisioners did not run"
      : tool.timedOut
        ? `manage-provisioners did not finish in time and was stopped${outputTail}`
        : `manage-provisioners ended with exit code ${tool.exitCode}${outputTail}`;
  if (tool !== undefined) log(ended);
  const timeoutSeconds = tool?.exitCode === 0 ? publishTimeoutSeconds : publishTimeoutAfterFailureSeconds;
  const deadline = clock.now() + timeoutSeconds * 1000;
  for (let pause = 1000; ; pause = Math.min(pause * 2, 10_000)) {
    const decision = await poll();
    if (decision.action === "skip") {
      log(`the CA publishes provisioner "${wanted.name}" as configured`);
      return;
    }
    if (decision.action === "conflict") throw new Error(conflictMessage(wanted.name, decision.differences));
    if (clock.now() + pause > deadline) {
      throw new Error(
        `${ended}, and ${decision.why} after ${timeoutSeconds} s. The team was not switched, so no user is locked out. ` +
          "Check the tool's output and whether the CA must reload its provisioners (refresh-authority), then run again",
      );
    }
    await clock.sleep(pause);
  }

  async function poll(): Promise<Exclude<Decision, { action: "add" | "update" }> | { action: "wait"; why: string }> {
    try {
      const decision = planRegistration(wanted, await publishedProvisioners(caUrl, { rootCert }));
      if (decision.action === "update") {
        const why = `the CA still publishes provisioner "${wanted.name}" unchanged: ${decision.differences.join("; ")}`;
        return { action: "wait", why };
      }
      if (decision.action !== "add") return decision;
      return { action: "wait", why: `the CA does not publish provisioner "${wanted.name}"` };
    } catch (error) {
      if (!(error instanceof HttpError) || !error.transient) throw error;
      return { action: "wait", why: error.message };
    }
  }
}
