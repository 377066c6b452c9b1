import type { Progress } from "../engine";
import { obtainStepCa, StepCaUnavailable, type StepCaProgram } from "../smallstep";
import type { SandboxOptions } from "./options";

/** The CA that the run uses: step-ca, or nothing for the stand-in. Says which, and why. @throws StepCaUnavailable */
export async function chooseCa(which: SandboxOptions["ca"], progress: Progress): Promise<StepCaProgram | undefined> {
  if (which === "stand-in") {
    progress("CA: the stand-in, as asked for");
    return undefined;
  }
  try {
    const program = await obtainStepCa({ progress });
    progress(`CA: step-ca (${program.how})`);
    return program;
  } catch (error) {
    if (which === "step-ca" || !(error instanceof StepCaUnavailable)) throw error;
    progress(`CA: the stand-in, as step-ca cannot be had here (${error.reasons.join("; ")})`);
    return undefined;
  }
}
