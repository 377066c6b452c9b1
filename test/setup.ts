import { execFileSync } from "node:child_process";
import path from "node:path";
import { obtainEngine, obtainControlPlane, obtainStepCa } from "@smallstep-ssh/sandbox";

const root = path.join(__dirname, "..");

/**
 * Compiles the current plugins before all tests. With USERSYNC_REQUIRE_ENGINE=1, it also builds the engine, the control
 * plane and step-ca from source if they are missing, so that no test is skipped. Otherwise the tests that need a
 * missing component are skipped with the reason.
 */
export default async function setup(): Promise<void> {
  execFileSync("npm", ["run", "--silent", "build:sandbox"], { cwd: root, stdio: "inherit" });
  if (process.env["USERSYNC_REQUIRE_ENGINE"] !== "1") return;
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  await obtainEngine({ progress });
  await obtainControlPlane({ progress });
  await obtainStepCa({ progress });
}
