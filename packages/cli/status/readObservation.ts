import { scimTenantUrl } from "@smallstep-ssh/components";
import type { Settings } from "@smallstep-ssh/stack";
import {
  readScimToken,
  readTeam,
  withDatabase,
  clientSecrets,
  GraphError,
  JobApi,
  provisioningFailures,
  type GraphClient,
  publishedProvisioners,
  provisionerDifferences,
  findPublishedProvisioner,
  type WantedProvisioner,
  countActiveUsers,
} from "@smallstep-ssh/usersync/clients";
import * as z from "zod";
import { databaseSettings } from "../common/database";
import { ForbiddenError, readRegistrationJob } from "./registrationJob";
import type { Observation, Observed } from "./types";

/** A deployed team, with the clients and settings to observe it. */
export interface Target {
  settings: Settings;
  graph: GraphClient;
  jobId: string;
  /** Name of the registration Job. */
  registrationJob: string;
  provisioner: WantedProvisioner;
}

const dayMs = 86_400_000;

/** Runs all checks in parallel. A check that fails reports its reason and does not affect the others. */
export async function readObservation(
  { settings: { smallstep, database, scim, kubernetes }, graph, jobId, registrationJob, provisioner }: Target,
  now: Date,
): Promise<Observation> {
  const { caUrl, caRootCert: rootCert, teamSlug } = smallstep;
  const connection = databaseSettings(database);
  // Each check that uses it reports why it cannot connect.
  connection.catch(() => undefined);
  const inDatabase = async <T>(work: Parameters<typeof withDatabase<T>>[1]): Promise<T> =>
    withDatabase(await connection, work);
  const token =
    scim.token === undefined
      ? inDatabase((client) => readScimToken(client, scim.directoryId, database.directoryColumn))
      : Promise.resolve(scim.token);
  const scimUrl = scimTenantUrl(scim.baseUrl, scim.directoryId);
  const [job, failures, users, registration, team, published, secrets, readToken] = await Promise.all([
    observed(() => new JobApi(graph, jobId).get()),
    observed(() => provisioningFailures(graph, bareId(jobId), new Date(now.getTime() - dayMs))),
    observed(async () => countActiveUsers(scimUrl, await token, { rootCert })),
    observed(() => readRegistrationJob(kubernetes, registrationJob)),
    observed(async () => (await inDatabase((client) => readTeam(client, teamSlug))).directoryId),
    observed(async () => {
      const all = await publishedProvisioners(caUrl, { rootCert });
      const actual = findPublishedProvisioner(provisioner.name, all);
      return actual && provisionerDifferences(provisioner, actual);
    }),
    observed(() => clientSecrets(graph, provisioner.clientId)),
    token.catch(() => ""),
  ]);
  const tokenEnds = tokenEndDate(readToken);
  return {
    at: now.toISOString(),
    job,
    failures,
    users,
    tokenEnds,
    registration,
    team,
    provisioner: published,
    secrets,
  };
}

async function observed<T>(read: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
    const isForbidden = error instanceof ForbiddenError || (error instanceof GraphError && error.status === 403);
    return { why, permission: isForbidden ? error.permission : undefined };
  }
}

/** Returns the last part of a job id, which the log uses. */
function bareId(jobId: string): string {
  return decodeURIComponent(jobId.split("/").at(-1) ?? jobId);
}

const claims = z.object({ exp: z.number() });

/** Returns the expiry (`exp`) of a JWT as ISO 8601. Undefined: the token is not a JWT, so its expiry is unknown. */
export function tokenEndDate(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return new Date(claims.parse(payload).exp * 1000).toISOString();
  } catch {
    return undefined;
  }
}
