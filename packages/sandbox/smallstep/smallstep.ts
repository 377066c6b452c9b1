import { mkdir } from "node:fs/promises";
import path from "node:path";

import type { Authority } from "entra-emulator";
import { startStandIn } from "./ca/stand-in/server";
import { startStepCa } from "./ca/step-ca/server";
import type { CertificateAuthority } from "./ca/types";
import type { StepCaProgram } from "./ca/step-ca/obtain";
import { startDatabase, type Database, type Seed } from "./database/startDatabase";
import { installManageProvisioners } from "./manage-provisioners/install";
import { startScim, type ScimServer } from "./scim/server";

/** Smallstep on this machine: database, SCIM endpoint of the directories, CA and admin tools. */
export interface Smallstep extends Seed, Pick<Database, "query"> {
  /** The platform's database. It accepts only TLS and uses a certificate of the sandbox's authority. */
  database: Pick<Database, "host" | "port" | "name" | "superuser" | "deployer">;
  /** SCIM server. The Tenant URL of a directory is `${scim.baseUrl}/${directory.id}/v2`. */
  scim: Omit<ScimServer, "close">;
  ca: Omit<CertificateAuthority, "close">;
  /** Local replacement for the admin-tools image: folders with its programs, and its environment. */
  image: { path: string[]; env: Record<string, string> };
  /** Stops all services and removes the data of the database. */
  close(): Promise<void>;
}

/** Starts Smallstep with its files in `dir`, which is created if needed. The caller removes `dir`. */
export async function startSmallstep(options: {
  authority: Authority;
  dir: string;
  /** The step-ca program to run. Default: the stand-in, which does not sign. */
  stepCa?: StepCaProgram;
}): Promise<Smallstep> {
  const { authority, dir } = options;
  await mkdir(dir, { recursive: true });
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of closing.splice(0).reverse()) await stop();
  };
  try {
    const [database, bin] = await Promise.all([
      startDatabase({ authority, dir: path.join(dir, "folk") }),
      installManageProvisioners(path.join(dir, "admin-tools")),
    ]);
    closing.push(() => database.close());
    const scim = await startScim({
      authority,
      isAuthorized: async (id, token) => {
        const sql = "select 1 from scim_logins where directory_id::text = $1 and token = $2";
        return (await database.query(sql, [id, token])).length > 0;
      },
    });
    closing.push(() => scim.close());
    const caOptions = { authority, authorityId: database.team.authorityId };
    const program = options.stepCa;
    const ca =
      program === undefined
        ? await startStandIn(caOptions)
        : await startStepCa({ ...caOptions, program, dir: path.join(dir, "step-ca") });
    closing.push(() => ca.close());
    const { team, otherTeam, directory, otherDirectory, query } = database;
    return {
      ...{ team, otherTeam, directory, otherDirectory, query },
      ...{ database, scim, ca },
      image: {
        path: [bin],
        env: { ADMIN_URL: ca.adminUrl, ADMIN_TOKEN: ca.adminToken, NODE_EXTRA_CA_CERTS: authority.bundleFile },
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
