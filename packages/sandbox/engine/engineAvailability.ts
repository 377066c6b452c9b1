import { obtainEngine, type Engine } from "./engine";
import { ObtainError, type ObtainOptions } from "./obtain";
import { obtainControlPlane } from "../kubernetes/binaries";
import { obtainStepCa, type StepCaProgram } from "../smallstep/ca/step-ca/obtain";

/** Returns the engine, or the reason why it is not available. @throws Error as `orReason` does */
export const findEngine = (): Promise<Engine | string> => orReason(obtainEngine);

/** Returns step-ca, or the reason why it is not available. @throws Error as `orReason` does */
export const findStepCa = (): Promise<StepCaProgram | string> => orReason(obtainStepCa);

/** Returns the reason why a control plane is not available, or `undefined` if it is. @throws Error as `orReason` does */
export async function controlPlaneProblem(): Promise<string | undefined> {
  const found = await orReason(obtainControlPlane);
  return typeof found === "string" ? found : undefined;
}

/**
 * Obtains a program without building it.
 * @throws Error if it is not available and USERSYNC_REQUIRE_ENGINE is 1
 */
async function orReason<T>(obtain: (options: ObtainOptions) => Promise<T>): Promise<T | string> {
  try {
    return await obtain({ progress: () => undefined, allowBuild: false });
  } catch (error) {
    if (!(error instanceof ObtainError) || process.env["USERSYNC_REQUIRE_ENGINE"] === "1") throw error;
    return error.message;
  }
}
