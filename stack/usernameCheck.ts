import type * as pulumi from "@pulumi/pulumi";
import { boundedList, type UsernameReport } from "entra-mappings";
import { type AccessGroup, emailExpressions, groupKey } from "@smallstep-ssh/components";
import { entra } from "@smallstep-ssh/usersync";
import type { Team } from "./config/schema";
import { userNameExpression } from "./config/sections/entra";
import type { StackSettings } from "./config/teams";
import { log } from "./log";

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

interface Checked {
  /** Results by team, without the teams that were not checked. */
  summaries: Map<Team, UsernameSummary>;
  problems: string[];
}

/**
 * Reports who gets which name, which names collide and who cannot log in, before anything changes. Teams with the same groups and the
 * same mapping are checked once. A group that does not exist yet has no members. `problems` holds the users with errors if the setting
 * `checks.usernames` is `error`, and existing groups that cannot be found.
 */
export async function checkUsernames(
  stack: StackSettings,
  provider: pulumi.ProviderResource,
  review?: PreviewReview,
): Promise<Checked> {
  const { teams, checks } = stack;
  const summaries = new Map<Team, UsernameSummary>();
  if (checks.usernames === "off") {
    const reason = "User names are not checked: the setting checks.usernames is off.";
    review?.usernames({ teams: teams.map(({ key }) => key), reason });
    return { summaries, problems: [] };
  }
  const { ids, problems } = await findGroups(stack, provider);
  if (problems.length > 0) return { summaries, problems };

  const different = new Map<string, { args: entra.CheckUsernamesArgs; unknownGroups: string[]; teams: Team[] }>();
  for (const team of teams) {
    const { mapping, oidc, groups } = team.settings;
    const jobId = review?.jobIds[team.key];
    const current = jobId === undefined ? undefined : await entra.getUserNameExpression({ jobId }, { provider });
    const args = {
      groups: groups.flatMap((group) => ids.get(keyOf(group)) ?? []),
      mapping: userNameExpression(mapping),
      email: emailExpressions[mapping.email],
      domains: oidc.emailDomains,
      currentExpression: current?.expression,
    };
    const unknownGroups = groups.filter((group) => !ids.has(keyOf(group))).map(groupKey);
    const key = JSON.stringify([args, unknownGroups]);
    const same = different.get(key) ?? { args, unknownGroups, teams: [] };
    different.set(key, { ...same, teams: [...same.teams, team] });
  }
  const failures: string[] = [];
  for (const { args, unknownGroups, teams: same } of different.values()) {
    const keys = same.map(({ key }) => key);
    if (args.groups.length === 0) {
      const reason = `User names are not checked: these groups do not exist yet: ${boundedList(unknownGroups).join(", ")}.`;
      review?.usernames({ teams: keys, reason });
      continue;
    }
    const { users, errors, warnings, summary, table, report } = await entra.checkUsernames(args, { provider });
    for (const team of same) {
      summaries.set(team, { users, errors, warnings, summary });
      await warnAboutThreshold(team, users);
    }
    review?.usernames({ teams: keys, report: JSON.parse(report) as UsernameReport, unknownGroups });
    const line = `${teams.length === 1 ? "" : `Team ${boundedList(keys).join(", ")}: `}${summary}`;
    if (errors > 0 && checks.usernames === "error") failures.push(review ? line : `${line}\n${table}`);
    else if (review !== undefined) continue;
    else if (errors > 0 || warnings > 0) await log.warn(`${line}\n${table}`);
    else await log.info(line);
  }
  return {
    summaries,
    problems: failures.map(
      (text) => `checks.usernames: ${text}\nCorrect the users or the mapping, or set checks.usernames to warn`,
    ),
  };
}

/** Finds the ids of all groups that exist, and the existing groups of the configuration that cannot be found. */
async function findGroups(
  { groups, teams }: StackSettings,
  provider: pulumi.ProviderResource,
): Promise<{ ids: Map<string, string>; problems: string[] }> {
  const asked = groups.map((group) => ("create" in group ? { displayName: group.create } : group.existing));
  const found = await entra.findGroups({ groups: asked }, { provider });
  const ids = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, group] of groups.entries()) {
    const { objectId, problem = "" } = found.groups[index] ?? {};
    if (objectId !== undefined) ids.set(keyOf(group), objectId);
    // A group that the stack is to create may be missing.
    else if ("existing" in group) {
      const place = teams.find(({ settings }) => settings.groups.some((one) => keyOf(one) === keyOf(group)));
      problems.push(`${place?.configPath("groups") ?? "groups"}: ${problem.replace(/\.$/, "")}`);
    }
  }
  return { ids, problems };
}

/** Entra compares names and ids without regard to case. */
function keyOf(group: AccessGroup): string {
  return groupKey(group).toLowerCase();
}

/** Warns when accidental-deletion prevention would not stop a cycle that disables all users. */
async function warnAboutThreshold(team: Team, users: number): Promise<void> {
  const { scim, safeguards } = team.settings;
  const warning = ineffectiveThresholdWarning(scim.deletionThreshold, users, safeguards.maxLockedOutPercent);
  if (warning !== undefined) await log.warn(`${team.configPath("scim.deletionThreshold")}: ${warning}`);
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
