import { EngineUnavailable, obtainEngine, type Engine } from "../../sandbox/engine";
import { ControlPlaneUnavailable, obtainControlPlane } from "../../sandbox/kubernetes";
import { obtainStepCa, StepCaUnavailable, type StepCaProgram } from "../../sandbox/smallstep";

const quiet = { progress: () => undefined, allowBuild: false };

/** The engine, or why there is none here. With USERSYNC_REQUIRE_ENGINE=1 its absence is an error. */
export function findEngine(): Promise<Engine | string> {
  return orReason(() => obtainEngine(quiet), EngineUnavailable);
}

/** Nothing when a control plane can be started here, else why not. */
export async function controlPlaneProblem(): Promise<string | undefined> {
  const found = await orReason(() => obtainControlPlane(quiet), ControlPlaneUnavailable);
  return typeof found === "string" ? found : undefined;
}

/** step-ca, or why there is none here. */
export function findStepCa(): Promise<StepCaProgram | string> {
  return orReason(() => obtainStepCa(quiet), StepCaUnavailable);
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
