import { readFile } from "node:fs/promises";
import { scimTenantUrl } from "../../components/addresses";
import type { Settings } from "../../config";
import { readScimToken, readTeam, withFolk, type FolkSettings } from "../../provider/folk";
import { clientSecrets, GraphError, JobApi, provisioningFailures, type GraphClient } from "../../provider/graph";
import { publishedProvisioners } from "../../provider/smallstep/ca";
import { persistently } from "../../provider/smallstep/http";
import {
  differences,
  observe as observeProvisioner,
  type WantedProvisioner,
} from "../../provider/smallstep/provisioner";
import { countActiveUsers } from "../../provider/smallstep/scim";
import type { Observation, Seen } from "./types";

export interface Target {
  settings: Settings;
  graph: GraphClient;
  jobId: string;
  provisioner: WantedProvisioner;
}

const repeat = { attempts: 2, firstWaitMs: 500 };
const dayMs = 86_400_000;

/** Looks at everything at once; what cannot be looked at says why, and hides nothing else. */
export async function observe({ settings, graph, jobId, provisioner }: Target, now: Date): Promise<Observation> {
  const { caUrl, caRootCert } = settings.smallstep;
  const folk = await seen(() => folkSettings(settings));
  const inFolk = <T>(work: (client: Parameters<Parameters<typeof withFolk>[1]>[0]) => Promise<T>): Promise<Seen<T>> =>
    "value" in folk ? seen(() => withFolk(folk.value, work)) : Promise.resolve(folk);
  const { directoryId, token: given, baseUrl } = settings.scim;
  const token = async (): Promise<Seen<string>> =>
    given === undefined
      ? inFolk((client) => readScimToken(client, directoryId, settings.folk.directoryColumn))
      : { value: given };

  const [job, failures, team, published, secrets, scim] = await Promise.all([
    seen(() => new JobApi(graph, jobId).get()),
    seen(() => provisioningFailures(graph, bareId(jobId), new Date(now.getTime() - dayMs))),
    inFolk(async (client) => (await readTeam(client, settings.smallstep.teamSlug)).directoryId),
    seen(() => persistently(() => publishedProvisioners(caUrl, { rootCert: caRootCert }), repeat)),
    seen(() => clientSecrets(graph, provisioner.clientId)),
    token().then(async (token) => ({
      token,
      users:
        "value" in token
          ? await seen(() =>
              persistently(
                () => countActiveUsers(scimTenantUrl(baseUrl, directoryId), token.value, { rootCert: caRootCert }),
                repeat,
              ),
            )
          : token,
    })),
  ]);
  const ends = "value" in scim.token ? endOfToken(scim.token.value) : undefined;
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
  return actual && differences(wanted, actual);
}

async function seen<T>(look: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
    const lacks = error instanceof GraphError && error.status === 403 && error.permission !== undefined;
    return lacks ? { why, permission: error.permission as string } : { why };
  }
}

async function folkSettings({ folk }: Settings): Promise<FolkSettings> {
  const { host, port, database, username, password, sslmode, sslRootCert } = folk;
  const rootCert = sslRootCert === undefined ? {} : { rootCert: await readFile(sslRootCert, "utf8") };
  return { host, port, database, username, password, sslmode, ...rootCert };
}

/** The log knows jobs by their last part. */
function bareId(jobId: string): string {
  return decodeURIComponent(jobId.split("/").at(-1) ?? jobId);
}

/** The `exp` of a token that is a JWT; nothing else tells when a token ends. */
export function endOfToken(token: string): string | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as {
      exp?: unknown;
    };
    return typeof exp === "number" ? new Date(exp * 1000).toISOString() : undefined;
  } catch {
    return undefined;
  }
}
