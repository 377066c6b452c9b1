import * as pulumi from "@pulumi/pulumi";
import { compile, ExpressionError, sourceExpression } from "entra-mappings";
import { findObjectMapping, GraphError, JobApi, type GraphClient } from "@smallstep-ssh/usersync/clients";
import { openGraph, type OpenOptions } from "@smallstep-ssh/usersync/openGraph";
import type { Team } from "./config/team";
import type { StackSettings } from "./config/teams";
import type { Credentials } from "./credentials";
import type { PreviewReview } from "./usernameCheck";

/**
 * Reads, by team, the expressions that the running jobs use for user names, regardless of who configured them. If they cannot be
 * read, logs a warning and continues.
 */
export async function currentUserNameExpressions(
  { tenantId, teams }: StackSettings,
  credentials: Credentials,
  { jobIds }: PreviewReview,
  options: OpenOptions = {},
): Promise<Map<Team, string>> {
  const found = new Map<Team, string>();
  const running = teams.filter(({ key }) => jobIds[key] !== undefined);
  if (running.length === 0) return found;
  try {
    const graph = await openGraph({ ...credentials, tenantId }, options);
    for (const team of running) {
      const expression = await userNameExpression(graph, String(jobIds[team.key]));
      if (expression !== undefined) found.set(team, expression);
    }
  } catch (error) {
    if (!(error instanceof GraphError) && !(error instanceof ExpressionError)) throw error;
    await pulumi.log.warn(`Cannot determine which users would be renamed: ${error.message}`);
  }
  return found;
}

async function userNameExpression(graph: GraphClient, jobId: string): Promise<string | undefined> {
  const schema = await new JobApi(graph, jobId).getSchema();
  const place = schema && findObjectMapping(schema, "User", undefined);
  if (place === undefined || typeof place === "string") return undefined;
  const userName = place.mappings.find(({ targetAttributeName }) => targetAttributeName === "userName");
  if (userName?.source == null) return undefined;
  const expression = sourceExpression(userName.source);
  compile(expression);
  return expression;
}
