import type { Client } from "pg";
import { readFile } from "node:fs/promises";
import { scimTenantUrl } from "../components/addresses";
import type { StackSettings, Team } from "../config";
import { readScimToken, readTeam, teamsUsing, withFolk, type FolkSettings } from "../provider/folk";
import { publishedProvisioners } from "../provider/smallstep/ca";
import { awaitedSwitch, emptyDirectory, lookAtDirectory, sharedDirectory } from "../provider/smallstep/directory";
import { HttpError, persistently } from "../provider/smallstep/http";
import { turns } from "../provider/turns";

/** What is told besides problems: it holds nothing up. */
export type Tell = (severity: "info" | "warning", sentence: string) => void;

/**
 * Whether `folk`, the SCIM server and the CAs can be used, know the teams and their directories, and would lock nobody out.
 * @param tell told what the teams' directories are like
 */
export async function smallstepProblems(stack: StackSettings, tell: Tell): Promise<string[]> {
  const [folk, ca] = await Promise.all([folkProblems(stack), caProblems(stack.teams)]);
  const scim = await eachInTurn(stack.teams, (team) => scimProblems(team, folk, tell));
  return [...folk.problems, ...scim.flat(), ...ca];
}

/** A few at a time: fifty teams are no reason to open fifty connections. */
function eachInTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const inTurn = turns(8);
  return Promise.all(items.map((item) => inTurn(() => work(item))));
}

interface FolkFindings {
  problems: string[];
  /** SCIM tokens by team, of those whose token is to be read there. */
  tokens: Map<Team, string>;
  /** The directories that the teams use now, of those that there are. */
  uses: Map<Team, string | null>;
}

/** What is wrong with `folk`, over one connection for all teams. */
async function folkProblems(stack: StackSettings): Promise<FolkFindings> {
  const found: FolkFindings = { problems: [], tokens: new Map(), uses: new Map() };
  let folk: FolkSettings;
  try {
    folk = await folkSettings(stack);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const file = stack.folk.sslRootCert ?? "";
    return { ...found, problems: [`folk.sslRootCert: the file ${file} cannot be read (${code})`] };
  }
  try {
    await withFolk(folk, async (client) => {
      for (const team of stack.teams) await lookUp(client, team, found);
    });
  } catch (error) {
    found.problems.push(`folk: ${sentence(error)}`);
  }
  return found;
}

/** How this process reaches `folk`. @throws Error of Node.js when the file of the root certificate cannot be read */
export async function folkSettings(stack: Pick<StackSettings, "folk">): Promise<FolkSettings> {
  const { host, port, database, username, password, sslmode, sslRootCert } = stack.folk;
  const rootCert = sslRootCert === undefined ? undefined : await readFile(sslRootCert, "utf8");
  return { host, port, database, username, password, sslmode, rootCert };
}

async function lookUp(client: Client, team: Team, found: FolkFindings): Promise<void> {
  const { scim, smallstep, folk, guards } = team.settings;
  const note = (setting: string) => (error: unknown) =>
    void found.problems.push(`${team.at(setting)}: ${sentence(error)}`);
  await readTeam(client, smallstep.teamSlug).then(
    ({ directoryId }) => void found.uses.set(team, directoryId),
    note("smallstep.teamSlug"),
  );
  const others = guards.allowSharedDirectory ? [] : await teamsUsing(client, scim.directoryId, smallstep.teamSlug);
  const shared = sharedDirectory(scim.directoryId, smallstep.teamSlug, others);
  if (shared !== undefined) found.problems.push(`${team.at("scim.directoryId")}: ${shared}`);
  if (scim.token !== undefined) return;
  await readScimToken(client, scim.directoryId, folk.directoryColumn).then(
    (token) => void found.tokens.set(team, token),
    note("scim.directoryId"),
  );
}

async function scimProblems(team: Team, folk: FolkFindings, tell: Tell): Promise<string[]> {
  const { scim, smallstep, cutOver } = team.settings;
  const token = scim.token ?? folk.tokens.get(team);
  // Without a token there is nothing to ask with; why it is missing is said already.
  if (token === undefined) return [];
  const { directoryId } = scim;
  const inUse = folk.uses.get(team)?.toLowerCase() === directoryId.toLowerCase();
  const asked = { teamSlug: smallstep.teamSlug, directoryId, inUse, minimumUsers: cutOver.minimumUsers };
  const tenantUrl = scimTenantUrl(scim.baseUrl, directoryId);
  try {
    const use = await persistently(
      () => lookAtDirectory(asked, { tenantUrl, token, rootCert: smallstep.caRootCert }),
      repeat,
    );
    const [empty, awaited] = [emptyDirectory(use), awaitedSwitch(use)];
    if (empty !== undefined) tell("warning", empty);
    if (awaited !== undefined && folk.uses.has(team)) tell("info", awaited);
    return [];
  } catch (error) {
    const refused = error instanceof HttpError && (error.status === 401 || error.status === 403);
    return [
      refused
        ? `${team.at("scim.token")}: the SCIM server refuses it: ${sentence(error)}`
        : `${team.at("scim.baseUrl")}: ${sentence(error)}`,
    ];
  }
}

/** Each CA is asked once, whatever teams share it. */
async function caProblems(teams: readonly Team[]): Promise<string[]> {
  const byCa = new Map(
    teams.map((team) => [JSON.stringify([team.settings.smallstep.caUrl, team.settings.smallstep.caRootCert]), team]),
  );
  const problems = await eachInTurn([...byCa.values()], async (team) => {
    const { caUrl, caRootCert } = team.settings.smallstep;
    try {
      await persistently(() => publishedProvisioners(caUrl, { rootCert: caRootCert }), repeat);
      return [];
    } catch (error) {
      return [`${team.at("smallstep.caUrl")}: ${sentence(error)}`];
    }
  });
  return problems.flat();
}

const repeat = { attempts: 3, firstWaitMs: 500 };

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
