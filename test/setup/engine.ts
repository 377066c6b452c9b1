import { obtainControlPlane, obtainEngine, obtainStepCa } from "@smallstep-ssh/sandbox";

/**
 * With USERSYNC_REQUIRE_ENGINE=1, builds the engine, the control plane and step-ca from source if they are missing, so that
 * no test is skipped. Otherwise the tests that need a missing program are skipped with the reason.
 */
export default async function setup(): Promise<void> {
  if (process.env["USERSYNC_REQUIRE_ENGINE"] !== "1") return;
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  await obtainEngine({ progress });
  await obtainControlPlane({ progress });
  await obtainStepCa({ progress });
}
