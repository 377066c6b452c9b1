import {
  readTeam,
  teamsUsing,
  withDatabase,
  type DatabaseSettings,
  publishedProvisioners,
  HttpError,
  withRetry,
  findPublishedProvisioner,
  type WantedProvisioner,
} from "@smallstep-ssh/usersync/clients";
import { CliError } from "../common/errors";
import type { FoundTeam } from "./discoveredSetup";

/** The CA, and which of its provisioners to read. */
export interface CaOptions {
  url: string;
  /** PEM of the CA's root certificate. Undefined: the public roots. */
  rootCert: string | undefined;
  /** Name of the provisioner. Undefined: the only one with the client id. */
  provisioner: string | undefined;
}

/**
 * Reads the OIDC provisioner with a name or a client id. The CA publishes provisioners without authentication. Undefined: none matches.
 * @throws CliError if the CA does not respond, several provisioners match, or the named one does not exist
 */
export async function readProvisioner(ca: CaOptions, clientId?: string): Promise<WantedProvisioner | undefined> {
  const published = await withRetry(() => publishedProvisioners(ca.url, { rootCert: ca.rootCert }), {
    attempts: 3,
    firstWaitMs: 500,
  }).catch((error: unknown) => {
    throw error instanceof HttpError ? new CliError([`The CA: ${error.message}.`]) : error;
  });
  const names = published.filter(({ type }) => type === "OIDC").map(({ name }) => String(name));
  if (ca.provisioner !== undefined) {
    const found = findPublishedProvisioner(ca.provisioner, published);
    if (found !== undefined) return found;
    const list = names.join(", ") || "none";
    throw new CliError([
      `--provisioner ${ca.provisioner}: the CA publishes no OIDC provisioner with this name (available: ${list}).`,
    ]);
  }
  const fitting = names
    .map((name) => findPublishedProvisioner(name, published))
    .filter((one) => one !== undefined)
    .filter((one) => clientId === undefined || one.clientId === clientId);
  if (fitting.length > 1) {
    const list = fitting.map(({ name }) => name).join(", ");
    throw new CliError([
      `The CA publishes ${fitting.length} matching OIDC provisioners; choose one with --provisioner: ${list}.`,
    ]);
  }
  return fitting[0];
}

/** Reads a team's row and the other teams that use its directory. @throws DatabaseError */
export async function readTeamUse(database: DatabaseSettings, slug: string): Promise<FoundTeam> {
  return withDatabase(database, async (client) => {
    const { directoryId } = await readTeam(client, slug);
    const users = directoryId === null ? [] : await teamsUsing(client, directoryId);
    return { slug, directoryId, sharing: users.filter((one) => one !== slug) };
  });
}
