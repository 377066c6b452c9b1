export type { Provisioner } from "./collection";
export { startCa, type CertificateAuthority } from "./server";
