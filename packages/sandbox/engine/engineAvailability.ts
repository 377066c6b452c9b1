import { EngineUnavailable, obtainEngine, type Engine } from "./engine";
import { ControlPlaneUnavailable, obtainControlPlane } from "../kubernetes/binaries";
import { obtainStepCa, StepCaUnavailable, type StepCaProgram } from "../smallstep/ca/step-ca/obtain";

const offline = { progress: () => undefined, allowBuild: false };

/**
 * Returns the engine, or the reason why it is not available.
 * @throws Error if it is not available and USERSYNC_REQUIRE_ENGINE is 1
 */
export function findEngine(): Promise<Engine | string> {
  return orReason(() => obtainEngine(offline), EngineUnavailable);
}

/**
 * Returns the reason why a control plane is not available, or `undefined` if it is.
 * @throws Error if it is not available and USERSYNC_REQUIRE_ENGINE is 1
 */
export async function controlPlaneProblem(): Promise<string | undefined> {
  const found = await orReason(() => obtainControlPlane(offline), ControlPlaneUnavailable);
  return typeof found === "string" ? found : undefined;
}

/**
 * Returns step-ca, or the reason why it is not available.
 * @throws Error if it is not available and USERSYNC_REQUIRE_ENGINE is 1
 */
export function findStepCa(): Promise<StepCaProgram | string> {
  return orReason(() => obtainStepCa(offline), StepCaUnavailable);
}

async function orReason<T>(
  obtain: () => Promise<T>,
  unavailable: new (...args: never[]) => Error,
): Promise<T | string> {
  try {
    return await obtain();
  } catch (error) {
    if (!(error instanceof unavailable) || process.env["USERSYNC_REQUIRE_ENGINE"] === "1") throw error;
    return error.message;
  }
}
