import { readTeam, teamsUsing, withDatabase, type DatabaseSettings } from "../../provider/folk";
import { publishedProvisioners } from "../../provider/smallstep/ca";
import { HttpError, withRetry } from "../../provider/smallstep/http";
import { findPublishedProvisioner, type WantedProvisioner } from "../../provider/smallstep/provisioner";
import { CliError } from "../common/errors";
import type { FoundTeam } from "./found";

/** Where the CA is, and which of its provisioners is meant. */
export interface CaOptions {
  url: string;
  /** PEM of the root that vouches for it. Default: the public roots. */
  rootCert: string | undefined;
  /** Name of the provisioner. Default: the only one of the client id. */
  provisioner: string | undefined;
}

/**
 * The OIDC provisioner of a client id, or of a name, as the CA publishes it to everybody.
 * @throws CliError when the CA does not answer, several could be meant, or the one of the name is missing
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
      `--provisioner ${ca.provisioner}: the CA publishes no OIDC provisioner of this name (it has: ${list}).`,
    ]);
  }
  const fitting = names
    .map((name) => findPublishedProvisioner(name, published))
    .filter((one) => one !== undefined)
    .filter((one) => clientId === undefined || one.clientId === clientId);
  if (fitting.length > 1) {
    const list = fitting.map(({ name }) => name).join(", ");
    throw new CliError([
      `The CA publishes ${fitting.length} OIDC provisioners that could be meant; give --provisioner: ${list}.`,
    ]);
  }
  return fitting[0];
}

/** A team's row, and who shares its directory. @throws DatabaseError */
export async function readTeamUse(database: DatabaseSettings, slug: string): Promise<FoundTeam> {
  return withDatabase(database, async (client) => {
    const { directoryId } = await readTeam(client, slug);
    const users = directoryId === null ? [] : await teamsUsing(client, directoryId);
    return { slug, directoryId, sharing: users.filter((one) => one !== slug) };
  });
}
