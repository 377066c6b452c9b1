import { readFile } from "node:fs/promises";
import type { Client } from "pg";
import { scimTenantUrl } from "@smallstep-ssh/components";
import {
  readScimToken,
  readTeam,
  teamsUsing,
  withDatabase,
  type DatabaseSettings,
  publishedProvisioners,
  pendingSwitchMessage,
  emptyDirectoryWarning,
  readDirectoryUsage,
  sharedDirectoryError,
  HttpError,
  limitConcurrency,
} from "@smallstep-ssh/usersync/clients";
import type { Team } from "../config/team";
import type { StackSettings } from "../config/teams";

/** Receives findings that are not problems and do not stop the deployment. */
export type ReportFn = (severity: "info" | "warning", sentence: string) => void;

/**
 * Checks that `folk`, the SCIM server and the CAs are usable, that the teams and directories exist, and that no user would be locked out.
 * @param report receives the state of each team's directory
 * @returns one message per problem
 */
export async function smallstepProblems(stack: StackSettings, report: ReportFn): Promise<string[]> {
  const [database, ca] = await Promise.all([databaseProblems(stack), caProblems(stack.teams)]);
  const scim = await mapWithConcurrency(stack.teams, (team) => scimProblems(team, database, report));
  return [...database.problems, ...scim.flat(), ...ca];
}

/** Limits the concurrency, so that fifty teams do not open fifty connections. */
function mapWithConcurrency<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const limited = limitConcurrency(8);
  return Promise.all(items.map((item) => limited(() => work(item))));
}

interface DatabaseFindings {
  problems: string[];
  /** SCIM tokens by team, for the teams whose configuration sets none. */
  tokens: Map<Team, string>;
  /** The directory that each existing team uses now; null for none. */
  uses: Map<Team, string | null>;
}

/** Checks `folk` for all teams over one connection. */
async function databaseProblems(stack: StackSettings): Promise<DatabaseFindings> {
  const found: DatabaseFindings = { problems: [], tokens: new Map(), uses: new Map() };
  let database: DatabaseSettings;
  try {
    database = await databaseSettings(stack);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const file = stack.database.sslRootCert ?? "";
    return { ...found, problems: [`database.sslRootCert: the file ${file} cannot be read (${code})`] };
  }
  try {
    await withDatabase(database, async (client) => {
      for (const team of stack.teams) await checkTeamRow(client, team, found);
    });
  } catch (error) {
    found.problems.push(`database: ${errorMessage(error)}`);
  }
  return found;
}

/** Returns how this process connects to `folk`. @throws the error of Node.js when the root certificate file cannot be read */
export async function databaseSettings(stack: Pick<StackSettings, "database">): Promise<DatabaseSettings> {
  const { host, port, name, username, password, sslmode, sslRootCert } = stack.database;
  const rootCert = sslRootCert === undefined ? undefined : await readFile(sslRootCert, "utf8");
  return { host, port, name, username, password, sslmode, rootCert };
}

async function checkTeamRow(client: Client, team: Team, found: DatabaseFindings): Promise<void> {
  const { scim, smallstep, database, safeguards } = team.settings;
  const note = (setting: string) => (error: unknown) =>
    void found.problems.push(`${team.configPath(setting)}: ${errorMessage(error)}`);
  await readTeam(client, smallstep.teamSlug).then(
    ({ directoryId }) => void found.uses.set(team, directoryId),
    note("smallstep.teamSlug"),
  );
  const others = safeguards.allowSharedDirectory ? [] : await teamsUsing(client, scim.directoryId, smallstep.teamSlug);
  const shared = sharedDirectoryError(scim.directoryId, smallstep.teamSlug, others);
  if (shared !== undefined) found.problems.push(`${team.configPath("scim.directoryId")}: ${shared}`);
  if (scim.token !== undefined) return;
  await readScimToken(client, scim.directoryId, database.directoryColumn).then(
    (token) => void found.tokens.set(team, token),
    note("scim.directoryId"),
  );
}

async function scimProblems(team: Team, database: DatabaseFindings, report: ReportFn): Promise<string[]> {
  const { scim, smallstep, cutover } = team.settings;
  const token = scim.token ?? database.tokens.get(team);
  // A request needs a token. The check of the database has already reported why it is missing.
  if (token === undefined) return [];
  const { directoryId } = scim;
  const inUse = database.uses.get(team)?.toLowerCase() === directoryId.toLowerCase();
  const teamToCheck = { teamSlug: smallstep.teamSlug, directoryId, inUse, minimumUsers: cutover.minimumUsers };
  const tenantUrl = scimTenantUrl(scim.baseUrl, directoryId);
  try {
    const use = await readDirectoryUsage(teamToCheck, { tenantUrl, token, rootCert: smallstep.caRootCert });
    const [empty, awaited] = [emptyDirectoryWarning(use), pendingSwitchMessage(use)];
    if (empty !== undefined) report("warning", empty);
    if (awaited !== undefined && database.uses.has(team)) report("info", awaited);
    return [];
  } catch (error) {
    const refused = error instanceof HttpError && (error.status === 401 || error.status === 403);
    return [
      refused
        ? `${team.configPath("scim.token")}: the SCIM server rejects it: ${errorMessage(error)}`
        : `${team.configPath("scim.baseUrl")}: ${errorMessage(error)}`,
    ];
  }
}

/** Checks each CA once, even if several teams share it. */
async function caProblems(teams: readonly Team[]): Promise<string[]> {
  const byCa = new Map(
    teams.map((team) => [JSON.stringify([team.settings.smallstep.caUrl, team.settings.smallstep.caRootCert]), team]),
  );
  const problems = await mapWithConcurrency([...byCa.values()], async (team) => {
    const { caUrl, caRootCert } = team.settings.smallstep;
    try {
      await publishedProvisioners(caUrl, { rootCert: caRootCert });
      return [];
    } catch (error) {
      return [`${team.configPath("smallstep.caUrl")}: ${errorMessage(error)}`];
    }
  });
  return problems.flat();
}

function errorMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
