import { execFileSync } from "node:child_process";
import path from "node:path";
import { obtainEngine } from "../sandbox/engine";
import { obtainControlPlane } from "../sandbox/kubernetes";
import { obtainStepCa } from "../sandbox/smallstep";

const root = path.join(__dirname, "..");

/**
 * Before all tests: the plugins as they are now, compiled; and with USERSYNC_REQUIRE_ENGINE=1 the engine, the control plane and
 * step-ca, built from source if need be, so that nothing is skipped. Otherwise what is not there already is skipped, in words.
 */
export default async function setup(): Promise<void> {
  execFileSync("npm", ["run", "--silent", "build:sandbox"], { cwd: root, stdio: "inherit" });
  if (process.env["USERSYNC_REQUIRE_ENGINE"] !== "1") return;
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  await obtainEngine({ progress });
  await obtainControlPlane({ progress });
  await obtainStepCa({ progress });
}
