import { publishedProvisioners } from "../provider/smallstep/ca";
import { HttpError } from "../provider/smallstep/http";
import { conflictMessage, planRegistration, type Decision } from "../provider/smallstep/provisioner";
import type { CompareSettings } from "./settings";
import { realClock, type Clock } from "./clock";
import { describeOutputTail } from "./lastWords";
import type { StepState } from "./workFiles";

/** How long a CA may take to publish what was added to it. */
const publishTimeoutSeconds = 120;
/** After a failure of the tool only another Job may still add the provisioner. */
const publishTimeoutAfterFailureSeconds = 2;

/**
 * Whether the CA publishes the provisioner after `manage-provisioners`: its word is not taken for it, nor is its failure when
 * somebody else has registered the same. Without the provisioner nobody could log in, so the team is not switched.
 * @throws Error in words, with the last that the tool said
 */
export async function verifyProvisioner(
  settings: CompareSettings,
  files: StepState,
  log: (line: string) => void,
  clock: Clock = realClock,
): Promise<void> {
  const { caUrl, rootCert, wanted } = settings;
  const tool = await files.registration();
  const said = tool === undefined ? "" : describeOutputTail(tool.output, [wanted.clientSecret]);
  const ended =
    tool === undefined
      ? "manage-provisioners was not called"
      : tool.timedOut
        ? `manage-provisioners did not end in time and was stopped${said}`
        : `manage-provisioners ended with exit code ${tool.exitCode}${said}`;
  if (tool !== undefined) log(ended);
  const timeoutSeconds = tool?.exitCode === 0 ? publishTimeoutSeconds : publishTimeoutAfterFailureSeconds;
  const deadline = clock.now() + timeoutSeconds * 1000;
  for (let pause = 1000; ; pause = Math.min(pause * 2, 10_000)) {
    const decision = await poll();
    if (decision.action === "skip") {
      log(`the CA publishes provisioner "${wanted.name}" as wanted`);
      return;
    }
    if (decision.action === "conflict") throw new Error(conflictMessage(wanted.name, decision.differences));
    if (clock.now() + pause > deadline) {
      throw new Error(
        `${ended}, and ${decision.why} after ${timeoutSeconds} s. The team was not switched, so that nobody is locked out. ` +
          "See what the tool says, and whether the CA has to reload its provisioners (refresh-authority); then run again",
      );
    }
    await clock.sleep(pause);
  }

  async function poll(): Promise<Exclude<Decision, { action: "add" | "update" }> | { action: "wait"; why: string }> {
    try {
      const decision = planRegistration(wanted, await publishedProvisioners(caUrl, { rootCert }));
      if (decision.action === "update") {
        const why = `the CA still publishes provisioner "${wanted.name}" as it was: ${decision.differences.join("; ")}`;
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
