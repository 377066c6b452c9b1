export { obtainStepCa, stepCaVersion, StepCaUnavailable, type StepCaProgram } from "./obtain";
export { startStepCa } from "./server";
export { signUser, type SignAnswer } from "./sign";
