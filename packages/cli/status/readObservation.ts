import { readFile } from "node:fs/promises";
import { scimTenantUrl } from "@smallstep-ssh/components";
import type { Settings } from "@smallstep-ssh/stack";
import {
  readScimToken,
  readTeam,
  withDatabase,
  type DatabaseSettings,
  clientSecrets,
  GraphError,
  JobApi,
  provisioningFailures,
  type GraphClient,
  publishedProvisioners,
  withRetry,
  provisionerDifferences,
  findPublishedProvisioner as observeProvisioner,
  type WantedProvisioner,
  countActiveUsers,
} from "@smallstep-ssh/usersync/clients";
import type { Observation, Observed } from "./types";

/** A deployed team, with the clients and settings to observe it. */
export interface Target {
  settings: Settings;
  graph: GraphClient;
  jobId: string;
  provisioner: WantedProvisioner;
}

const repeat = { attempts: 2, firstWaitMs: 500 };
const dayMs = 86_400_000;

/** Runs all checks in parallel. A check that fails reports its reason and does not affect the others. */
export async function readObservation(
  { settings, graph, jobId, provisioner }: Target,
  now: Date,
): Promise<Observation> {
  const { caUrl, caRootCert } = settings.smallstep;
  const database = await observed(() => databaseSettings(settings));
  const inDatabase = <T>(
    work: (client: Parameters<Parameters<typeof withDatabase>[1]>[0]) => Promise<T>,
  ): Promise<Observed<T>> =>
    "value" in database ? observed(() => withDatabase(database.value, work)) : Promise.resolve(database);
  const { directoryId, token: given, baseUrl } = settings.scim;
  const token = async (): Promise<Observed<string>> =>
    given === undefined
      ? inDatabase((client) => readScimToken(client, directoryId, settings.database.directoryColumn))
      : { value: given };

  const [job, failures, team, published, secrets, scim] = await Promise.all([
    observed(() => new JobApi(graph, jobId).get()),
    observed(() => provisioningFailures(graph, bareId(jobId), new Date(now.getTime() - dayMs))),
    inDatabase(async (client) => (await readTeam(client, settings.smallstep.teamSlug)).directoryId),
    observed(() => withRetry(() => publishedProvisioners(caUrl, { rootCert: caRootCert }), repeat)),
    observed(() => clientSecrets(graph, provisioner.clientId)),
    token().then(async (token) => ({
      token,
      users:
        "value" in token
          ? await observed(() =>
              withRetry(
                () => countActiveUsers(scimTenantUrl(baseUrl, directoryId), token.value, { rootCert: caRootCert }),
                repeat,
              ),
            )
          : token,
    })),
  ]);
  const ends = "value" in scim.token ? tokenEndDate(scim.token.value) : undefined;
  return {
    at: now.toISOString(),
    job,
    failures,
    users: scim.users,
    ...(ends === undefined ? {} : { tokenEnds: ends }),
    team,
    provisioner: "value" in published ? { value: differing(provisioner, published.value) } : published,
    secrets,
  };
}

function differing(
  wanted: WantedProvisioner,
  published: Parameters<typeof observeProvisioner>[1],
): string[] | undefined {
  const actual = observeProvisioner(wanted.name, published);
  return actual && provisionerDifferences(wanted, actual);
}

async function observed<T>(read: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
    const lacks = error instanceof GraphError && error.status === 403 && error.permission !== undefined;
    return lacks ? { why, permission: error.permission } : { why };
  }
}

async function databaseSettings({ database }: Settings): Promise<DatabaseSettings> {
  const { host, port, name, username, password, sslmode, sslRootCert } = database;
  const rootCert = sslRootCert === undefined ? {} : { rootCert: await readFile(sslRootCert, "utf8") };
  return { host, port, name, username, password, sslmode, ...rootCert };
}

/** Returns the last part of a job id, which the log uses. */
function bareId(jobId: string): string {
  return decodeURIComponent(jobId.split("/").at(-1) ?? jobId);
}

/** Returns the expiry (`exp`) of a JWT as ISO 8601. Undefined: the token is not a JWT, so its expiry is unknown. */
export function tokenEndDate(token: string): string | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as {
      exp?: unknown;
    };
    return typeof exp === "number" ? new Date(exp * 1000).toISOString() : undefined;
  } catch {
    return undefined;
  }
}
