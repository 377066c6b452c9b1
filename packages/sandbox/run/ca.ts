import { ObtainError, type Progress } from "../engine/obtain";
import { obtainStepCa, type StepCaProgram } from "../smallstep/ca/step-ca/obtain";
import type { SandboxOptions } from "./options";

/** Chooses the CA of the run and reports the choice. Returns step-ca, or undefined for the stand-in. @throws ObtainError */
export async function chooseCa(which: SandboxOptions["ca"], progress: Progress): Promise<StepCaProgram | undefined> {
  if (which === "stand-in") {
    progress("CA: the stand-in, as requested");
    return undefined;
  }
  try {
    const program = await obtainStepCa({ progress });
    progress(`CA: step-ca (${program.how})`);
    return program;
  } catch (error) {
    if (which === "step-ca" || !(error instanceof ObtainError)) throw error;
    progress(`CA: the stand-in, because step-ca is not available (${error.reasons.join("; ")})`);
    return undefined;
  }
}
