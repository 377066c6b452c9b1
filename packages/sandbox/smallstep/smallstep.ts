import { mkdir } from "node:fs/promises";
import path from "node:path";

import type { Authority } from "entra-emulator";
import { startStandIn } from "./ca/stand-in/server";
import { startStepCa } from "./ca/step-ca/server";
import type { CertificateAuthority } from "./ca/types";
import type { StepCaProgram } from "./ca/step-ca/obtain";
import { startDatabase, type Database, type Login, type SeededDirectory } from "./database/startDatabase";
import { installManageProvisioners } from "./manage-provisioners/install";
import { startScim, type ScimServer } from "./scim/server";

/** Smallstep on this machine: database, SCIM endpoint of the directories, CA and admin tools. */
export interface Smallstep {
  /** The platform's database. It accepts only TLS and uses a certificate of the sandbox's authority. */
  database: { host: string; port: number; name: "folk"; superuser: Login; deployer: Login };
  /** The team to deploy for. `authorityId` is the id of its SSH authority. The team uses no directory yet. */
  team: { slug: string; authorityId: string };
  /** Another team. A deployment must not change it. */
  otherTeam: { slug: string; directoryId: string };
  /** The directory that `team` uses after the deployment. */
  directory: SeededDirectory;
  otherDirectory: SeededDirectory;
  /** SCIM server. The Tenant URL of a directory is `${scim.baseUrl}/${directory.id}/v2`. */
  scim: Omit<ScimServer, "close">;
  ca: Omit<CertificateAuthority, "close">;
  /** Runs a query on the database as superuser. */
  query: Database["query"];
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
    const scim = await startScim({ authority, isAuthorized: (id, token) => isToken(database, id, token) });
    closing.push(() => scim.close());
    const caOptions = { authority, authorityId: database.team.authorityId };
    const program = options.stepCa;
    const ca =
      program === undefined
        ? await startStandIn(caOptions)
        : await startStepCa({ ...caOptions, program, dir: path.join(dir, "step-ca") });
    closing.push(() => ca.close());
    const { host, port, name, superuser, deployer } = database;
    return {
      database: { host, port, name, superuser, deployer },
      team: database.team,
      otherTeam: database.otherTeam,
      directory: database.directory,
      otherDirectory: database.otherDirectory,
      scim,
      ca,
      query: database.query,
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

async function isToken(database: Database, directoryId: string, token: string): Promise<boolean> {
  const rows = await database.query("select 1 from scim_logins where directory_id::text = $1 and token = $2", [
    directoryId,
    token,
  ]);
  return rows.length > 0;
}
