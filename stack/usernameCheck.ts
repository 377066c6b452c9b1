import * as pulumi from "@pulumi/pulumi";
import { emailExpression, userNameExpression, type StackSettings, type Team } from "../config";
import type { UsernameReport } from "../mappings/usernames";
import { entra } from "../provider/sdk";
import type { SharedGroup } from "./groups";
import { valueIfKnown } from "./known";

/** A preview that is shown to reviewers: who is told about user names, in place of the log. */
export interface PreviewReview {
  /** Ids of the synchronization jobs that run now, by team; absent before the first deployment. */
  jobIds: Readonly<Record<string, string | undefined>>;
  /** Takes each report, with the groups that are yet to be made; or, in a sentence, why there is none. */
  usernames(found: ReviewedUsernames): void;
}

export type ReviewedUsernames = { teams: string[] } & (
  { report: UsernameReport; unknownGroups: string[] } | { reason: string }
);

/** The outcome of the user name check of a team, as a stack output. */
export interface UsernameSummary {
  users: number;
  errors: number;
  warnings: number;
  summary: string;
}

/**
 * Who gets which name, who collides and who cannot log in, before any mapping or anything after it is changed. Teams with the same
 * people and the same mapping are checked once. A group that is yet to be made has nobody in it, and is not waited for.
 * @returns by team, of those that were checked
 * @throws RunError when people have errors and the setting `checks.usernames` is `error`
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
  const asked = new Map<string, Promise<entra.CheckUsernamesResult>>();
  const answers: { team: Team; answer: Promise<entra.CheckUsernamesResult>; unknownGroups: string[] }[] = [];
  for (const team of teams) {
    const { mapping, oidc } = team.settings;
    const { ids, unknownGroups } = await resolveGroupIds(groupsOf(team));
    if (ids.length === 0) {
      const reason = `User names are not checked: the groups ${unknownGroups.join(", ")} are yet to be made.`;
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
    const answer = asked.get(key) ?? entra.checkUsernames(args, { provider });
    asked.set(key, answer);
    answers.push({ team, answer, unknownGroups });
  }
  const refusals: string[] = [];
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
    if (errors > 0 && checks.usernames === "error") refusals.push(text);
    else if (review !== undefined) continue;
    else if (errors > 0 || warnings > 0) await pulumi.log.warn(text);
    else await pulumi.log.info(line);
  }
  if (refusals.length === 0) return summaries;
  throw new pulumi.RunError(
    `checks.usernames: ${refusals.join("\n")}\n` +
      "Nothing is changed after the groups. Correct the people or the mapping, or set checks.usernames to warn",
  );
}

/** That accidental-deletion prevention would let everybody go, in words; undefined when it would not. */
export function ineffectiveThresholdWarning(threshold: number, people: number, percent: number): string | undefined {
  if (people === 0 || threshold < people) return undefined;
  const share = Math.max(1, Math.floor((people * Math.min(percent, 50)) / 100));
  return (
    `is ${threshold}, and ${people} people are provisioned: a cycle that disables all of them would not be held. ` +
    `Set it to ${share}, for example`
  );
}

/** Ids of the groups that are there: one that is yet to be made, or is being made, has no members. */
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
