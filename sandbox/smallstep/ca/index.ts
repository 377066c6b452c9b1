export { startStandIn } from "./stand-in/server";
export { obtainStepCa, startStepCa, StepCaUnavailable, type StepCaProgram } from "./step-ca";
export type { CertificateAuthority, Provisioner } from "./types";
