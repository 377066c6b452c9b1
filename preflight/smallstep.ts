import { readFile } from "node:fs/promises";
import { scimTenantUrl } from "../components/addresses";
import type { Settings } from "../config";
import { readScimToken, readTeam, withFolk, type FolkSettings } from "../provider/folk";
import { publishedProvisioners } from "../provider/smallstep/ca";
import { HttpError, persistently } from "../provider/smallstep/http";
import { countUsers } from "../provider/smallstep/scim";

/** Whether `folk`, the SCIM server and the CA can be used, and know the team and the directory. */
export async function smallstepProblems(settings: Settings): Promise<string[]> {
  const [folk, ca] = await Promise.all([folkProblems(settings), caProblems(settings)]);
  return [...folk.problems, ...(await scimProblems(settings, settings.scim.token ?? folk.token)), ...ca];
}

/** What is wrong with `folk`, and the SCIM token when it is to be read there. */
async function folkProblems(settings: Settings): Promise<{ problems: string[]; token?: string }> {
  const { host, port, database, username, password, sslmode, sslRootCert, directoryColumn } = settings.folk;
  const folk: FolkSettings = { host, port, database, username, password, sslmode };
  if (sslRootCert !== undefined) {
    try {
      folk.rootCert = await readFile(sslRootCert, "utf8");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      return { problems: [`folk.sslRootCert: the file ${sslRootCert} cannot be read (${code})`] };
    }
  }
  const problems: string[] = [];
  let token: string | undefined;
  const note = (key: string) => (error: unknown) => void problems.push(`${key}: ${sentence(error)}`);
  try {
    await withFolk(folk, async (client) => {
      await readTeam(client, settings.smallstep.teamSlug).catch(note("smallstep.teamSlug"));
      if (settings.scim.token !== undefined) return;
      await readScimToken(client, settings.scim.directoryId, directoryColumn).then(
        (found) => (token = found),
        note("scim.directoryId"),
      );
    });
  } catch (error) {
    note("folk")(error);
  }
  return { problems, ...(token === undefined ? {} : { token }) };
}

async function scimProblems(settings: Settings, token: string | undefined): Promise<string[]> {
  // Without a token there is nothing to ask with; why it is missing is said already.
  if (token === undefined) return [];
  const tenantUrl = scimTenantUrl(settings.scim.baseUrl, settings.scim.directoryId);
  try {
    await persistently(() => countUsers(tenantUrl, token, { rootCert: settings.smallstep.caRootCert }), repeat);
    return [];
  } catch (error) {
    const refused = error instanceof HttpError && (error.status === 401 || error.status === 403);
    return [
      refused ? `scim.token: the SCIM server refuses it: ${sentence(error)}` : `scim.baseUrl: ${sentence(error)}`,
    ];
  }
}

async function caProblems(settings: Settings): Promise<string[]> {
  const { caUrl, caRootCert } = settings.smallstep;
  try {
    await persistently(() => publishedProvisioners(caUrl, { rootCert: caRootCert }), repeat);
    return [];
  } catch (error) {
    return [`smallstep.caUrl: ${sentence(error)}`];
  }
}

const repeat = { attempts: 3, firstWaitMs: 500 };

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
