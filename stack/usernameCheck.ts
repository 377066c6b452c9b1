import * as pulumi from "@pulumi/pulumi";
import type { UsernameReport } from "entra-mappings";
import { entra } from "@smallstep-ssh/usersync";
import { emailExpression, userNameExpression } from "./config/sections/mapping";
import type { Team } from "./config/team";
import type { StackSettings } from "./config/teams";
import type { SharedGroup } from "./groups";
import { valueIfKnown } from "./outputs";

/** A preview for reviewers, which receives the user-name reports in place of the log. */
export interface PreviewReview {
  /** Ids of the running synchronization jobs, by team. Absent before the first deployment. */
  jobIds: Readonly<Record<string, string | undefined>>;
  /** Receives each report with the groups that do not exist yet, or the reason why there is no report. */
  usernames(found: ReviewedUsernames): void;
}

export type ReviewedUsernames = { teams: string[] } & (
  { report: UsernameReport; unknownGroups: string[] } | { reason: string }
);

/** The result of a team's user-name check, as a stack output. */
export interface UsernameSummary {
  users: number;
  errors: number;
  warnings: number;
  summary: string;
}

/**
 * Reports who gets which name, which names collide and who cannot log in, before the mappings or anything after them change. Teams
 * with the same groups and the same mapping are checked once. Does not wait for a group that does not exist yet: it has no members.
 * @returns the results by team, without the teams that were not checked
 * @throws RunError when users have errors and the setting `checks.usernames` is `error`
 */
export async function checkUsernames(
  { teams, checks }: StackSettings,
  groupsOf: (team: Team) => readonly SharedGroup[],
  provider: pulumi.ProviderResource,
  review?: PreviewReview & { running: ReadonlyMap<Team, string> },
): Promise<Map<Team, UsernameSummary>> {
  const summaries = new Map<Team, UsernameSummary>();
  if (checks.usernames === "off") {
    const reason = "User names are not checked: the setting checks.usernames is off.";
    review?.usernames({ teams: teams.map(({ key }) => key), reason });
    return summaries;
  }
  const pending = new Map<string, Promise<entra.CheckUsernamesResult>>();
  const answers: { team: Team; answer: Promise<entra.CheckUsernamesResult>; unknownGroups: string[] }[] = [];
  for (const team of teams) {
    const { mapping, oidc } = team.settings;
    const { ids, unknownGroups } = await resolveGroupIds(groupsOf(team));
    if (ids.length === 0) {
      const reason = `User names are not checked: these groups do not exist yet: ${unknownGroups.join(", ")}.`;
      review?.usernames({ teams: [team.key], reason });
      continue;
    }
    const currentExpression = review?.running.get(team);
    const args = {
      groups: ids,
      mapping: userNameExpression(mapping),
      email: emailExpression(mapping),
      domains: oidc.emailDomains,
      ...(currentExpression === undefined ? {} : { currentExpression }),
    };
    const key = JSON.stringify(args);
    const answer = pending.get(key) ?? entra.checkUsernames(args, { provider });
    pending.set(key, answer);
    answers.push({ team, answer, unknownGroups });
  }
  const failures: string[] = [];
  const reportedResults = new Set<Promise<entra.CheckUsernamesResult>>();
  for (const { team, answer, unknownGroups } of answers) {
    const result = await answer;
    const { users, errors, warnings, summary } = result;
    summaries.set(team, { users, errors, warnings, summary });
    const { scim, safeguards } = team.settings;
    const idle = ineffectiveThresholdWarning(scim.deletionThreshold, users, safeguards.maxLockedOutPercent);
    if (idle !== undefined) await pulumi.log.warn(`${team.configPath("scim.deletionThreshold")}: ${idle}`);
    if (reportedResults.has(answer)) continue;
    reportedResults.add(answer);
    const same = answers.filter((one) => one.answer === answer).map((one) => one.team.key);
    review?.usernames({ teams: same, report: JSON.parse(result.report) as UsernameReport, unknownGroups });
    const line = `${teams.length === 1 ? "" : `Team ${team.key}: `}${summary}`;
    const text = review === undefined ? `${line}\n${result.table}` : line;
    if (errors > 0 && checks.usernames === "error") failures.push(text);
    else if (review !== undefined) continue;
    else if (errors > 0 || warnings > 0) await pulumi.log.warn(text);
    else await pulumi.log.info(line);
  }
  if (failures.length === 0) return summaries;
  throw new pulumi.RunError(
    `checks.usernames: ${failures.join("\n")}\n` +
      "Nothing after the groups is changed. Correct the users or the mapping, or set checks.usernames to warn",
  );
}

/** Warns when accidental-deletion prevention would not stop a cycle that disables all users. Undefined when it would stop it. */
export function ineffectiveThresholdWarning(threshold: number, users: number, percent: number): string | undefined {
  if (users === 0 || threshold < users) return undefined;
  const share = Math.max(1, Math.floor((users * Math.min(percent, 50)) / 100));
  return (
    `is ${threshold}, and the number of provisioned users is ${users}: a cycle that disables all of them would not be held. ` +
    `Set it to ${share}, for example`
  );
}

/** Splits groups into the ids of existing ones and the keys of those that do not exist yet and so have no members. */
async function resolveGroupIds(groups: readonly SharedGroup[]): Promise<{ ids: string[]; unknownGroups: string[] }> {
  const ids: string[] = [];
  const unknownGroups: string[] = [];
  for (const { key, objectId, willBeCreated } of groups) {
    const id = await Promise.race([valueIfKnown(objectId), willBeCreated]);
    if (id === undefined) unknownGroups.push(key);
    else ids.push(id);
  }
  return { ids, unknownGroups };
}
