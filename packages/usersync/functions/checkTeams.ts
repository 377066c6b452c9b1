import pLimit from "p-limit";
import type { Client } from "pg";
import * as z from "zod/mini";

import { publishedProvisioners } from "../clients/ca";
import { readScimToken, readTeam, teamsUsing, withDatabase } from "../clients/database/database";
import { databaseSettings, type SmallstepConfig } from "../clients/database/providerSettings";
import { HttpError } from "../clients/http";
import { defineFunction } from "../host/define";
import { objectType, property, type Values } from "../host/properties";
import { type CallContext, InputErrors } from "../host/types";
import {
  emptyDirectoryWarning,
  pendingSwitchMessage,
  readDirectoryUsage,
  sharedDirectoryError,
} from "../resources/registration/directory";

const teamShape = {
  teamSlug: property("Slug of the team.", z.string()),
  directoryId: property("Id of the team's new directory.", z.string()),
  directoryColumn: property("Column of `scim_logins` with the directory's id.", z.string()),
  allowSharedDirectory: property("Whether another team may use the directory too.", z.boolean()),
  tenantUrl: property("SCIM endpoint of the directory.", z.string()),
  token: property("SCIM token. Default: the token in the database.", z.optional(z.string()), { secret: true }),
  minimumUsers: property("Number of active users that the directory must hold before the switch.", z.number()),
  caUrl: property("Address of the team's SSH CA.", z.string()),
  caRootCert: property("PEM root certificate of both servers. Default: the public roots.", z.optional(z.string())),
};
type Team = Values<typeof teamShape>;

const problemShape = {
  team: property("Position of the team in the list. Absent for a problem of the database.", z.optional(z.number())),
  input: property("Name of the team's property that the problem concerns, or `database`.", z.string()),
  reason: property("The problem, as a sentence without a full stop.", z.string()),
};
type Problem = Values<typeof problemShape>;

export const checkTeams = defineFunction({
  token: "usersync:smallstep:checkTeams",
  description:
    "Checks that the database, the SCIM server and the CAs of teams are usable, that the teams and directories exist, and that " +
    "no switch would lock out a user. Logs the state of each directory. Checks what several teams share once. Changes nothing.",
  inputs: {
    teams: property(
      "The teams.",
      z.array(objectType("usersync:smallstep:TeamToCheck", "A team and its services.", teamShape)),
    ),
  },
  outputs: {
    problems: property(
      "All problems. Empty if there is none.",
      z.array(objectType("usersync:smallstep:TeamProblem", "A problem of a team.", problemShape)),
    ),
  },

  async invoke(ctx: CallContext<SmallstepConfig>, { teams }) {
    const [database, ca] = await Promise.all([checkDatabaseRows(ctx, teams), checkCas(teams)]);
    const scim = await mapWithConcurrency(teams, (team, index) => checkScim(ctx, team, index, database));
    const problems = [...database.problems, ...scim.flat(), ...ca.flat()];
    return { problems: problems.map((problem) => ({ ...problem, reason: ctx.redact(problem.reason) })) };
  },
});

/** Limits the concurrency, so that fifty teams do not open fifty connections. */
function mapWithConcurrency<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const limited = pLimit(8);
  return Promise.all(items.map((item, index) => limited(() => work(item, index))));
}

interface DatabaseFindings {
  problems: Problem[];
  /** SCIM tokens by team, for the teams whose arguments set none. */
  tokens: Map<Team, string>;
  /** The directory that each existing team uses now; null for none. */
  uses: Map<Team, string | null>;
}

/** Checks `folk` for all teams over one connection. */
async function checkDatabaseRows(
  { config }: CallContext<SmallstepConfig>,
  teams: readonly Team[],
): Promise<DatabaseFindings> {
  const found: DatabaseFindings = { problems: [], tokens: new Map(), uses: new Map() };
  try {
    await withDatabase(await databaseSettings(config.database), async (client) => {
      for (const [index, team] of teams.entries()) await checkTeamRow(client, team, index, found);
    });
  } catch (error) {
    if (error instanceof InputErrors) throw error;
    found.problems.push({ input: "database", reason: reasonOf(error) });
  }
  return found;
}

async function checkTeamRow(client: Client, team: Team, index: number, found: DatabaseFindings): Promise<void> {
  const { teamSlug, directoryId, directoryColumn } = team;
  const note = (input: keyof Team) => (error: unknown) =>
    void found.problems.push({ team: index, input, reason: reasonOf(error) });
  await readTeam(client, teamSlug).then((row) => void found.uses.set(team, row.directoryId), note("teamSlug"));
  const others = team.allowSharedDirectory ? [] : await teamsUsing(client, directoryId, teamSlug);
  const reason = sharedDirectoryError(directoryId, teamSlug, others);
  if (reason !== undefined) found.problems.push({ team: index, input: "directoryId", reason });
  if (team.token !== undefined) return;
  const token = readScimToken(client, directoryId, directoryColumn);
  await token.then((value) => void found.tokens.set(team, value), note("directoryId"));
}

async function checkScim(
  ctx: CallContext<SmallstepConfig>,
  team: Team,
  index: number,
  database: DatabaseFindings,
): Promise<Problem[]> {
  const token = team.token ?? database.tokens.get(team);
  // A request needs a token. The check of the database has already reported why it is missing.
  if (token === undefined) return [];
  const { teamSlug, directoryId, minimumUsers, tenantUrl, caRootCert: rootCert } = team;
  const inUse = database.uses.get(team)?.toLowerCase() === directoryId.toLowerCase();
  try {
    const use = await readDirectoryUsage(
      { teamSlug, directoryId, inUse, minimumUsers },
      { tenantUrl, token, rootCert, signal: ctx.signal },
    );
    const [empty, awaited] = [emptyDirectoryWarning(use), pendingSwitchMessage(use)];
    if (empty !== undefined) ctx.log("warning", empty);
    if (awaited !== undefined && database.uses.has(team)) ctx.log("info", awaited);
    return [];
  } catch (error) {
    const isRejected = error instanceof HttpError && (error.status === 401 || error.status === 403);
    return [
      isRejected
        ? { team: index, input: "token", reason: `the SCIM server rejects it: ${reasonOf(error)}` }
        : { team: index, input: "tenantUrl", reason: reasonOf(error) },
    ];
  }
}

/** Checks each CA once, even if several teams share it. */
function checkCas(teams: readonly Team[]): Promise<Problem[][]> {
  const byCa = new Map(teams.map(({ caUrl, caRootCert }, index) => [JSON.stringify([caUrl, caRootCert]), index]));
  return mapWithConcurrency([...byCa.values()], async (index) => {
    const { caUrl, caRootCert: rootCert } = teams[index] ?? {};
    try {
      if (caUrl !== undefined) await publishedProvisioners(caUrl, { rootCert });
      return [];
    } catch (error) {
      return [{ team: index, input: "caUrl", reason: reasonOf(error) }];
    }
  });
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
