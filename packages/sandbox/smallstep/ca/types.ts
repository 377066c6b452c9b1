import type { Authority } from "entra-emulator";

/** A provisioner as step-ca publishes it: `type`, `name`, and the fields of its type. */
export type Provisioner = { type: string; name: string } & Record<string, unknown>;

/** Changes of a CA's provisioners. Each rejects with RejectedRequest. */
export interface ProvisionerChanges {
  /** Adds a provisioner. Rejects if the name is in use. */
  add(provisioner: Provisioner): Promise<void>;
  /** Updates a provisioner in place. Rejects if the name does not exist. */
  update(provisioner: Provisioner): Promise<void>;
  /** Removes a provisioner. Rejects if the name does not exist. */
  remove(name: string): Promise<void>;
}

/** The CA of one SSH authority. It starts with the provisioners of a new authority: JWK `admin` and SSHPOP. */
export interface CertificateAuthority extends ProvisionerChanges {
  /** "step-ca" signs SSH certificates; "stand-in" publishes provisioners and signs nothing. */
  kind: "stand-in" | "step-ca";
  /** Base URL. The server's certificate is issued by the sandbox's authority. */
  url: string;
  /** Returns the published provisioners, in the order of the CA. */
  provisioners(): Promise<Provisioner[]>;
  /** URL that the admin tools call: `POST ${adminUrl}/authorities/ID/provisioners` with `adminToken` as bearer. */
  adminUrl: string;
  adminToken: string;
  close(): Promise<void>;
}

export interface CaOptions {
  authority: Authority;
  /** Id of the authority, as the admin tools pass it. */
  authorityId: string;
}

/** The CA rejected a request with the HTTP status `status`. */
export class RejectedRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
