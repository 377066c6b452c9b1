import type { Authority } from "../../tls";

/** A provisioner as step-ca publishes it: `type`, `name`, and what its type has besides. */
export type Provisioner = { type: string; name: string } & Record<string, unknown>;

/** The CA of one SSH authority, with the provisioners of a new one: JWK `admin` and SSHPOP. */
export interface CertificateAuthority {
  /** "step-ca" signs SSH certificates; "stand-in" publishes provisioners and signs nothing. */
  kind: "stand-in" | "step-ca";
  /** Its certificate is one of the sandbox's authority. */
  url: string;
  /** What it publishes, in its order. */
  provisioners(): Promise<Provisioner[]>;
  /** As an administrator would; rejects when the name is taken. */
  add(provisioner: Provisioner): Promise<void>;
  /** As an administrator would, in place; rejects when there is none of that name. */
  update(provisioner: Provisioner): Promise<void>;
  /** As an administrator would; rejects when there is none of that name. */
  remove(name: string): Promise<void>;
  /** What the admin tools talk to: `POST ${adminUrl}/authorities/ID/provisioners` with `adminToken` as bearer. */
  adminUrl: string;
  adminToken: string;
  close(): Promise<void>;
}

export interface CaOptions {
  authority: Authority;
  /** The id by which the admin tools name the authority. */
  authorityId: string;
}
