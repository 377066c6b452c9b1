import { printable, registerSecret, writeError, writeOutput } from "@smallstep-ssh/usersync/output";
import { compare } from "./compareProvisioner";
import { verifyProvisioner } from "./verifyProvisioner";
import { compareSettings, switchSettings, waitSettings } from "./settings";
import { switchTeam } from "./switchTeam";
import { waitForUsers } from "./waitForUsers";
import { StepState } from "./stepState";

type Step = (files: StepState, log: (line: string) => void) => Promise<void>;

const steps: Record<string, Step> = {
  compare: (files, log) => compare(compareSettings(process.env), files, log),
  confirm: (files, log) => verifyProvisioner(compareSettings(process.env), files, log),
  "wait-for-users": (_files, log) => waitForUsers(waitSettings(process.env), log),
  "switch-team": (_files, log) => switchTeam(switchSettings(process.env), log),
};
/** The step that runs in the Pod's main container. The others run in init containers. */
const lastStep = "switch-team";

/**
 * Runs one step. A failing init step exits 0 and records the failure. `kubectl logs job/NAME` and the Kubernetes provider ignore init
 * containers, so the main container exits 1 and prints the collected log.
 */
async function main(): Promise<number> {
  const name = process.argv[2] ?? "";
  const step = steps[name];
  const dir = process.env["WORK_DIR"] ?? "";
  if (step === undefined || dir === "") {
    writeError(
      step === undefined
        ? `unknown step "${name}": expected one of ${Object.keys(steps).join(", ")}`
        : "WORK_DIR: is missing",
    );
    return 2;
  }
  const files = new StepState(dir);
  const failed = await files.failed();
  if (failed !== undefined) {
    if (name !== lastStep) return 0;
    writeError([...(await files.readLog()).split("\n").filter(Boolean), `${name}: skipped because ${failed} failed`]);
    return 1;
  }
  // Messages quote the CA, the SCIM server and the database, so print them on one line and redact secrets.
  for (const secret of ["CLIENT_SECRET", "SCIM_TOKEN", "PGPASSWORD"]) registerSecret(process.env[secret]);
  const pendingWrites: Promise<void>[] = [];
  const log = (line: string) => {
    const text = printable(`${name}: ${line}`);
    writeOutput(text);
    pendingWrites.push(files.appendLog(text));
  };
  try {
    await step(files, log);
    await Promise.all(pendingWrites);
    return 0;
  } catch (error) {
    // One line without a stack trace, because `pulumi up` shows this line for a failed Job.
    const message = error instanceof Error ? error.message.replaceAll("\n", "; ") : String(error);
    const line = printable(`${name}: failed: ${message}`);
    writeError(line);
    if (name === lastStep) return 1;
    await Promise.all(pendingWrites);
    await files.appendLog(line);
    await files.markFailed(name);
    return 0;
  }
}

void main().then((code) => process.exit(code));
